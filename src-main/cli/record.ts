import * as v from 'valibot'
import { Fault, MAX_FRAMES } from '../contract/index.js'
import { encodeText, fromBase64 } from '../payload/index.js'

export { isoMicroseconds, writeRecord, type MessageRecord } from '../payload/record.js'

const RecordSchema = v.object(
  {
    frames: v.pipe(
      v.array(
        v.union(
          [v.strictObject({ text: v.string() }), v.strictObject({ base64: v.string() })],
          'each frame is {"text":"…"} or {"base64":"…"}',
        ),
        '"frames" is a list',
      ),
      v.minLength(1, 'a message has at least one frame'),
      v.maxLength(MAX_FRAMES, `a message has at most ${MAX_FRAMES} frames`),
    ),
  },
  'each line is an object with "frames"',
)

/** The frames of such an object; its other fields do not matter for sending. Throws Fault `BAD_RECORD` or `BAD_PAYLOAD`. */
export function readRecord(line: string): Uint8Array[] {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw new Fault('BAD_RECORD', `It is not JSON: ${(error as Error).message}.`)
  }
  const result = v.safeParse(RecordSchema, value)
  if (!result.success)
    throw new Fault(
      'BAD_RECORD',
      `It is not a message such as {"frames":[{"text":"hello"}]}: ${result.issues[0].message}.`,
    )
  return result.output.frames.map((frame) => ('text' in frame ? encodeText(frame.text) : fromBase64(frame.base64)))
}
