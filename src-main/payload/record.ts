import type { Direction } from '../contract/index.js'
import { toBase64 } from './base64.js'
import { decodeText } from './text.js'

/**
 * A message as one JSON object, as `--json` writes and reads it and as conversations are exported:
 * `{"seq":1,"time":"2026-01-01T00:00:00.000000Z","direction":"in","frames":[{"text":"…"},{"base64":"…"}]}`
 * What is not UTF-8 is written as base64, so that every byte comes back.
 */
export interface MessageRecord {
  readonly seq: number
  /** Milliseconds since 1970, with a fraction. */
  readonly time: number
  readonly direction: Direction
  readonly frames: readonly Uint8Array[]
}

/** @param more further fields, written between the direction and the frames; those that are undefined are left out. */
export function writeRecord({ seq, time, direction, frames }: MessageRecord, more: object = {}): string {
  return JSON.stringify({ seq, time: isoMicroseconds(time), direction, ...more, frames: frames.map(writeFrame) })
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
