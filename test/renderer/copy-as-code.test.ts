import { spawnSync } from 'node:child_process'
import { runInNewContext } from 'node:vm'
import * as v from 'valibot'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SessionSettingsSchema, type RoleName, type SessionSettings } from '../../src-main/contract/index.js'
import { codeLanguages, copyAsCode } from '../../src-renderer/lib/copy-as-code/index.js'
import { cppLiteral, jsFrame, jsString } from '../../src-renderer/lib/copy-as-code/literals.js'

const settings = (role: RoleName, address: string, more: object = {}): SessionSettings =>
  v.parse(SessionSettingsSchema, { role, endpoints: [{ method: 'connect', address }], ...more })
const plain = {
  linger: -1,
  heartbeatInterval: 0,
  reconnectInterval: 100,
  reconnectMaxInterval: 0,
  handshakeInterval: 30_000,
}
const utf8 = (text: string) => new TextEncoder().encode(text)

describe('a session as code', () => {
  it('names only options that differ from what the library does by itself', () => {
    const code = copyAsCode(
      settings('ventilator', 'tcp://h:1', { options: { ...plain, sendHighWaterMark: 7 } }),
      'python',
    )
    expect(code.match(/setsockopt\(.*\)/g)).toEqual([
      'setsockopt(zmq.SNDHWM, 7)',
      'setsockopt(zmq.RECONNECT_IVL_MAX, 100)',
    ])
    const ipc = copyAsCode(settings('sink', 'ipc:///tmp/x'), 'javascript')
    expect(ipc).not.toContain('heartbeat')
    expect(copyAsCode(settings('sink', 'tcp://[::1]:5'), 'cpp')).toContain('zmq::sockopt::ipv6, 1')
  })

  it('says how a client asks', () => {
    const patient = copyAsCode(settings('client', 'tcp://h:1', { deadline: 700, tries: 4 }), 'python')
    expect(patient).toContain('zmq.REQ_RELAXED, 1')
    expect(patient).toContain('zmq.REQ_CORRELATE, 1')
    expect(patient).toContain('zmq.RCVTIMEO, 700')
    expect(patient).toContain('range(4)')
    expect(copyAsCode(settings('client', 'tcp://h:1', { envelope: 'plain' }), 'cpp')).not.toContain('req_correlate')
    const strict = copyAsCode(settings('client', 'tcp://h:1', { strict: true }), 'javascript')
    expect(strict).not.toMatch(/relaxed|correlate|receiveTimeout/)
  })

  it('says what of a worker stays here, and nothing where that is nothing', () => {
    const forward = [{ method: 'connect', address: 'tcp://127.0.0.1:5558' }]
    const notes = (more: object) =>
      copyAsCode(settings('worker', 'tcp://127.0.0.1:5557', { forward, ...more }), 'python').match(/^# .*$/gm)
    const plain = notes({})?.length ?? 0
    expect(notes({ delay: 5 })).toHaveLength(plain)
    expect(notes({ workers: 3 })).toContain('# One of 3 workers: start it as many times.')
    expect(notes({ mode: 'demand', step: { kind: 'upper' } })).toHaveLength(plain + 2)
  })

  it('takes addresses as libzmq wants them', () => {
    const endpoints = [
      { method: 'bind', address: ' @TCP://localhost:5000 ' },
      { method: 'connect', address: '>tcp://host:1' },
    ]
    const code = copyAsCode(v.parse(SessionSettingsSchema, { role: 'sink', endpoints }), 'python')
    expect(code).toContain('socket.bind("tcp://127.0.0.1:5000")')
    expect(code).toContain('socket.connect("tcp://host:1")')
  })

  it.each(codeLanguages)('in %s keeps a name that is no name within its comment', (language) => {
    const code = copyAsCode(settings('sink', 'tcp://h:1', { name: 'a\nimport os\u2028x()\r*/\\' }), language)
    expect(code.split(/[\n\r\u2028\u2029]/)[0]).toContain('import os')
  })

  it.each(codeLanguages)('in %s says what it leaves out', (language) => {
    expect(copyAsCode(settings('server', 'inproc://x', { rules: [{ id: 'a' }] }), language)).toMatch(
      /rules stay[^]*|inproc/,
    )
    const large = copyAsCode(settings('publisher', 'tcp://h:1'), language, [new Uint8Array(5_000_000)])
    expect(large).toContain('5000000 bytes')
    expect(large.length).toBeLessThan(4000)
  })
})

describe('literals', () => {
  const read = (code: string): unknown => runInNewContext(`(${code})`, { Buffer })

  it('of JavaScript read back as they were, and hide nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(read(jsString(text))).toBe(text)
        expect(jsString(text)).toMatch(/^[\p{L}\p{N}\p{P}\p{S} ]*$/u)
      }),
    )
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(Buffer.from(read(jsFrame(bytes, 0)) as string)).toEqual(Buffer.from(bytes))
      }),
    )
    expect(jsString('a\u202eb')).toBe("'a\\u202eb'")
  })

  it('of C++ are ASCII, with no trigraph and no escape that runs on', () => {
    expect(cppLiteral(utf8('é1??=\u00009"\\'))).toBe('"\\303\\2511\\?\\?=\\0009\\"\\\\"')
  })

  it('of C++ are read back by a compiler', ({ skip }) => {
    const bytes = Uint8Array.from({ length: 512 }, (_, i) => (i < 256 ? i : (i * 7 + 48) & 0xff))
    const program = `constexpr char text[] = ${cppLiteral(bytes)};
      constexpr unsigned char wanted[] = {${[...bytes].join(',')}};
      constexpr bool same() { for (int i = 0; i < 512; i++) if ((unsigned char)text[i] != wanted[i]) return false; return sizeof text == 513; }
      static_assert(same());`
    const { status, error, stderr } = spawnSync('g++', ['-std=c++17', '-fsyntax-only', '-x', 'c++', '-'], {
      input: program,
      encoding: 'utf8',
    })
    if (error !== undefined) skip('g++ is not installed')
    expect(status, stderr).toBe(0)
  })
})
