import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isoMicroseconds, readRecord, writeRecord } from '../../src-main/cli/record.js'
import { faultOf } from '../payload/fault-of.js'

describe('messages as JSON', () => {
  it('have exactly this shape', () => {
    const frames = [new TextEncoder().encode('hi'), Uint8Array.from([0xff])]
    expect(writeRecord({ seq: 1, time: 1767225600000.001, direction: 'in', frames })).toBe(
      '{"seq":1,"time":"2026-01-01T00:00:00.000001Z","direction":"in","frames":[{"text":"hi"},{"base64":"/w=="}]}',
    )
  })

  it('come back as they were', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array(), { minLength: 1, maxLength: 4 }), (frames) => {
        const line = writeRecord({ seq: 1, time: 0, direction: 'out', frames })
        expect(line).not.toContain('\n')
        expect(readRecord(line)).toEqual(frames)
      }),
    )
  })

  it('tell the time to the microsecond', () => {
    expect(isoMicroseconds(0)).toBe('1970-01-01T00:00:00.000000Z')
    expect(isoMicroseconds(1795381759092.511)).toBe('2026-11-22T21:09:19.092511Z')
    expect(isoMicroseconds(999.9996)).toBe('1970-01-01T00:00:01.000000Z')
  })

  it.each([
    ['', 'It is not JSON'],
    ['nonsense', 'It is not JSON'],
    ['3', 'each line is an object with "frames"'],
    ['{}', 'each line is an object with "frames"'],
    ['{"frames":"x"}', '"frames" is a list'],
    ['{"frames":[]}', 'at least one frame'],
    ['{"frames":["x"]}', 'each frame is'],
    ['{"frames":[{"text":"x","base64":"eA=="}]}', 'each frame is'],
    ['{"frames":[{"hex":"00"}]}', 'each frame is'],
    ['{"frames":[{"base64":"*"}]}', '"*" at character 1 is not base64'],
    ['{"frames":[{"text":"\\ud800"}]}', 'half of a surrogate pair'],
  ])('%j is refused with a sentence', (line, sentence) => {
    expect(faultOf(() => readRecord(line)).message).toContain(sentence)
  })
})
