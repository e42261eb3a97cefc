import { Fault, DEFAULT_MESSAGE_LIMIT, MAX_FRAMES } from '../contract/index.js'
import { decodeText, encode, type Format } from '../payload/index.js'
import { readMessage } from './notation.js'
import { readRecord } from './record.js'

/** How TEXTs and lines become messages. */
export interface InputStyle {
  readonly format: Format
  /** Lines are JSON objects. */
  readonly json: boolean
  /** The TEXTs are the frames of one message; a line's frames stand apart by tabs. */
  readonly frames: boolean
  /** A frame to put in front of each message. */
  readonly topic?: string | undefined
}

const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * The lines of a stream as bytes, without their ends (`\n` or `\r\n`). Reads on only when asked for more, so a huge input takes no more memory
 * than its longest line. Throws Fault `LINE_TOO_LONG`.
 */
export async function* readLines(
  stream: AsyncIterable<Uint8Array | string>,
  limit = DEFAULT_MESSAGE_LIMIT * 2,
): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = []
  let size = 0
  for await (const piece of stream) {
    const chunk = typeof piece === 'string' ? Buffer.from(piece) : piece
    let start = 0
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      const part = chunk.subarray(start, end)
      yield withoutReturn(held.length === 0 ? part : Buffer.concat([...held, part]))
      held = []
      size = 0
      start = end + 1
    }
    if (start === chunk.length) continue
    held.push(chunk.subarray(start))
    size += chunk.length - start
    if (size > limit)
      throw new Fault('LINE_TOO_LONG', `A line of standard input is longer than ${limit} bytes.`, { limit })
  }
  if (held.length > 0) yield withoutReturn(Buffer.concat(held))
}

function withoutReturn(line: Uint8Array): Uint8Array {
  return line.at(-1) === CARRIAGE_RETURN ? line.subarray(0, -1) : line
}

/** The messages that the TEXTs of the command line are. Throws Fault `BAD_PAYLOAD`, naming the TEXT. */
export function messagesOf(texts: readonly string[], style: InputStyle): Uint8Array[][] {
  const frames = texts.map((text, i) => {
    try {
      return encode(text, style.format)
    } catch (error) {
      throw within(`TEXT ${i + 1}`, error)
    }
  })
  return (style.frames ? [frames] : frames.map((frame) => [frame])).map((message) => withTopic(message, style))
}

/** The messages on standard input, until it ends or a line is `q`. Throws Fault `BAD_PAYLOAD` or `BAD_RECORD`, naming the line. */
export async function* messagesFrom(
  stream: AsyncIterable<Uint8Array | string>,
  style: InputStyle,
): AsyncGenerator<Uint8Array[]> {
  let number = 0
  for await (const line of readLines(stream)) {
    number++
    if (line.length === 1 && line[0] === 0x71) return
    let frames: Uint8Array[]
    try {
      frames = readLine(line, style)
    } catch (error) {
      throw within(`Line ${number} of standard input`, error)
    }
    yield withTopic(frames, style)
  }
}

function readLine(line: Uint8Array, style: InputStyle): Uint8Array[] {
  if (style.json) return readRecord(textOf(line))
  if (style.format === 'text') return style.frames ? readMessage(line) : [line]
  const text = textOf(line)
  return (style.frames ? text.split('\t') : [text]).map((field) => encode(field, style.format))
}

function textOf(line: Uint8Array): string {
  const text = decodeText(line)
  if (text === undefined) throw new Fault('BAD_PAYLOAD', 'It is not UTF-8.')
  return text
}

function withTopic(frames: Uint8Array[], { topic }: InputStyle): Uint8Array[] {
  const message = topic === undefined ? frames : [encode(topic, 'text'), ...frames]
  if (message.length > MAX_FRAMES)
    throw new Fault('BAD_PAYLOAD', `A message has at most ${MAX_FRAMES} frames, and this one has ${message.length}.`)
  return message
}

function within(where: string, error: unknown): unknown {
  return error instanceof Fault ? new Fault(error.code, `${where}: ${error.message}`, error.detail) : error
}
