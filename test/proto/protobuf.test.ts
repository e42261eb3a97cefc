import { describe, expect, it } from 'vitest'
import { Protobuf } from '../../src-main/proto/protobuf.js'

const text = `
syntax = "proto3";
package car;
import "google/protobuf/timestamp.proto";
message State {
  double speed_mps = 1;
  uint64 n = 2;
  Gear gear = 3;
  repeated Wheel wheels = 4;
  google.protobuf.Timestamp at = 5;
  bytes raw = 6;
  enum Gear { P = 0; D = 1; }
  message Wheel { float rpm = 1; }
}
message Other { string name = 1; }
`
// speed_mps 13, n 2^64-1, gear D, wheels [{rpm 1.5}], raw 00ff
const bytes = Buffer.from('090000000000002a4010ffffffffffffffffff01180122050d0000c03f320200ff', 'hex')
const bad = (code: string, why: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(why) as string }) as Error

describe('Protobuf', () => {
  const protobuf = new Protobuf()

  it('lists the messages of a file, those within others too, with their fields as written', () => {
    const types = protobuf.types(text)
    expect(types.map(({ name }) => name)).toEqual(['car.State', 'car.State.Wheel', 'car.Other'])
    expect(types[0]!.fields.slice(0, 4)).toEqual([
      { name: 'speed_mps', type: 'double', number: 1, repeated: false },
      { name: 'n', type: 'uint64', number: 2, repeated: false },
      { name: 'gear', type: 'Gear', number: 3, repeated: false },
      { name: 'wheels', type: 'Wheel', number: 4, repeated: true },
    ])
  })

  it('reads a frame as JSON, every digit of 64 bits', () => {
    expect(JSON.parse(protobuf.json(text, 'car.State', bytes))).toEqual({
      speed_mps: 13,
      n: '18446744073709551615',
      gear: 'D',
      wheels: [{ rpm: 1.5 }],
      at: null,
      raw: 'AP8=',
    })
  })

  it('says in a sentence what is wrong', () => {
    expect(() => protobuf.types('message {')).toThrow(bad('BAD_PROTO', /cannot be read: .*line 1/))
    expect(() => protobuf.types('syntax="proto3"; message A { B b = 1; }')).toThrow(bad('BAD_PROTO', /B/))
    expect(() => protobuf.types('syntax="proto3"; import "x.proto"; message A {}')).toThrow(
      bad('BAD_PROTO', /x\.proto/),
    )
    expect(() => protobuf.json(text, 'car.None', bytes)).toThrow(bad('BAD_PROTO', /It has car\.State, /))
    expect(() => protobuf.json(text, 'car.State', bytes.subarray(0, 5))).toThrow(
      bad('BAD_PAYLOAD', /5 bytes are no car\.State/),
    )
  })

  it('keeps a bounded number of files', () => {
    for (let i = 0; i < 40; i++) expect(protobuf.types(`syntax="proto3"; message M${i} {}`)[0]!.name).toBe(`M${i}`)
  })
})
