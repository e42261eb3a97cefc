import * as v from 'valibot'
import { Fault, MAX_FRAMES, type Direction } from '../contract/index.js'
import { decodeText, encodeText, fromBase64, toBase64 } from '../payload/index.js'

/**
 * A message as one JSON object, as `--json` writes and reads it:
 * `{"seq":1,"time":"2026-01-01T00:00:00.000000Z","direction":"in","frames":[{"text":"…"},{"base64":"…"}]}`
 */
export interface MessageRecord {
  readonly seq: number
  /** Milliseconds since 1970, with a fraction. */
  readonly time: number
  readonly direction: Direction
  readonly frames: readonly Uint8Array[]
}

export function writeRecord({ seq, time, direction, frames }: MessageRecord): string {
  return JSON.stringify({ seq, time: isoMicroseconds(time), direction, frames: frames.map(writeFrame) })
}

function writeFrame(bytes: Uint8Array): { text: string } | { base64: string } {
  const text = decodeText(bytes)
  return text === undefined ? { base64: toBase64(bytes) } : { text }
}

/** `2026-01-01T00:00:00.000000Z` */
export function isoMicroseconds(milliseconds: number): string {
  const micros = Math.round(milliseconds * 1000)
  const whole = Math.floor(micros / 1000)
  return `${new Date(whole).toISOString().slice(0, -1)}${String(micros - whole * 1000).padStart(3, '0')}Z`
}

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
