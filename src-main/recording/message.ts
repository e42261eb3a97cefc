/**
 * How a message of any number of frames stands in an MCAP message of encoding `socketeer`, little endian: seq u64 · ref u64 · source u32 · progress u8 · malformed u8 · rule u8 ·
 * 0 u8 · frames u32 · the frames · the size of each u32. docs/recording-format.md is for everybody who wants to read it. Frames and sizes stand as in a slab of the journal,
 * so that a chunk of a file is used as one as it is.
 */
export const MESSAGE_ENCODING = 'socketeer'
export const SCHEMA_NAME = 'socketeer.Message'
/** Bytes in front of the frames. */
export const HEAD_BYTES = 28

/** Travels in each file as its schema: who finds the file needs nothing else to read it. */
export const SCHEMA_TEXT = `A ZeroMQ message, all frames, byte for byte. Little endian, packed:
uint64 seq       number of the message in its session, from 1
uint64 ref       seq of the question that this answers, or of the task that it is the result of; 0 none
uint32 source    who it came from as far as is known: the endpoint's index (subscriber), the client's number (server)
uint8  progress  when it was recorded: 0 none 1 queued 2 handed 3 answered 4 no-reply 5 cancelled 6 failed
uint8  malformed 1: could not be read as a message of its pattern
uint8  rule      number of the rule that answered; 0 none
uint8  reserved  0
uint32 frames    how many
uint8  bytes[]   the frames, one behind the other
uint32 size[frames]
`

export interface MessageFields {
  readonly seq: number
  readonly ref: number
  readonly source: number
  readonly progress: number
  readonly malformed: boolean
  readonly rule: number
}

/** Bytes of the data of a message. @param bytes of its frames */
export function messageSize(frames: number, bytes: number): number {
  return HEAD_BYTES + frames * 4 + bytes
}

/** Writes all but sizes and frames. */
export function writeMessageHead(view: DataView, at: number, fields: MessageFields, frames: number): void {
  view.setUint32(at, fields.seq % 2 ** 32, true)
  view.setUint32(at + 4, Math.floor(fields.seq / 2 ** 32), true)
  view.setUint32(at + 8, fields.ref % 2 ** 32, true)
  view.setUint32(at + 12, Math.floor(fields.ref / 2 ** 32), true)
  view.setUint32(at + 16, fields.source, true)
  view.setUint8(at + 20, fields.progress)
  view.setUint8(at + 21, fields.malformed ? 1 : 0)
  view.setUint8(at + 22, fields.rule)
  view.setUint8(at + 23, 0)
  view.setUint32(at + 24, frames, true)
}

// What stands in front of the frames of the message at `at`, one by one: an object for each of a million would cost more than the rest.

export const seqOf = (view: DataView, at: number): number =>
  view.getUint32(at + 4, true) * 2 ** 32 + view.getUint32(at, true)
export const refOf = (view: DataView, at: number): number =>
  view.getUint32(at + 12, true) * 2 ** 32 + view.getUint32(at + 8, true)
export const sourceOf = (view: DataView, at: number): number => view.getUint32(at + 16, true)
export const progressOf = (view: DataView, at: number): number => view.getUint8(at + 20)
export const malformedOf = (view: DataView, at: number): boolean => view.getUint8(at + 21) === 1
export const ruleOf = (view: DataView, at: number): number => view.getUint8(at + 22)
export const framesOf = (view: DataView, at: number): number => view.getUint32(at + 24, true)

/** Whether sizes and frames of a message fill its data from `at` to `end` exactly. */
export function isWhole(view: DataView, at: number, end: number): boolean {
  if (end - at < HEAD_BYTES) return false
  const frames = view.getUint32(at + 24, true)
  const bytes = end - at - HEAD_BYTES - frames * 4
  if (frames === 0 || bytes < 0) return false
  let left = bytes
  for (let f = 0; f < frames; f++) left -= view.getUint32(at + HEAD_BYTES + bytes + f * 4, true)
  return left === 0
}
