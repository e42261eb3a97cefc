import type { Writable } from 'node:stream'
import { compactJson, decode, decodeText, isJson, toBase64, toHex, type Format } from '../payload/index.js'
import { writeFrame, writeMessage } from './notation.js'
import { writeRecord, type MessageRecord } from './record.js'

export interface OutputStyle {
  readonly format: Format
  readonly json?: true
}

/** One message as one line, without its end. */
export function writeLine(message: MessageRecord, { format, json }: OutputStyle): string {
  if (json) return writeRecord(message)
  switch (format) {
    case 'text':
      return writeMessage(message.frames)
    case 'json':
      return message.frames.map(jsonOrText).join('\t')
    case 'hex':
      return message.frames.map(toHex).join('\t')
    case 'base64':
      return message.frames.map(toBase64).join('\t')
    case 'msgpack':
    case 'cbor':
      return message.frames.map((frame) => oneLine(decode(frame, format))).join('\t')
  }
}

const oneLine = (text: string): string => (isJson(text) ? compactJson(text) : text)

/** JSON on one line; what is not JSON, such as the topic in front of it, as text. */
function jsonOrText(bytes: Uint8Array): string {
  const text = decodeText(bytes)
  return text !== undefined && isJson(text) ? compactJson(text) : writeFrame(bytes)
}

/** Characters gathered before they are written: a write for each line costs more than the line. */
const CHUNK = 16 * 1024

/** Standard output, a line at a time: it waits for a slow reader, and knows when the reader is gone. */
export class Output {
  readonly #stream: Writable
  #text = ''
  #full = false
  #flushing = false
  #closed = false
  #waiting: (() => void)[] = []

  /**
   * @param broken called once when nobody reads any more (EPIPE, the end of `| head`); everything written after that is dropped
   * @param failed called when it cannot be written for another reason: a full disk
   */
  constructor(stream: Writable, broken: () => void, failed: (error: Error) => void) {
    this.#stream = stream
    stream.on('drain', () => this.#drained())
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (this.#closed) return
      this.#closed = true
      this.#drained()
      if (error.code === 'EPIPE' || error.code === 'EOF' || error.code === 'ERR_STREAM_DESTROYED') broken()
      else failed(error)
    })
  }

  /** Takes a line. When it gives false, wait for `ready` before the next one. */
  line(text: string): boolean {
    if (this.#closed) return true
    this.#text += `${text}\n`
    if (this.#text.length >= CHUNK) this.#flush()
    else if (!this.#flushing) {
      this.#flushing = true
      setImmediate(() => {
        this.#flushing = false
        this.#flush()
      })
    }
    return !this.#full
  }

  /** Resolves when the reader has caught up. */
  ready(): Promise<void> {
    return this.#full && !this.#closed ? new Promise((resolve) => this.#waiting.push(resolve)) : Promise.resolve()
  }

  /** Resolves when everything written has left this process, or nobody wants it any more. */
  async finished(): Promise<void> {
    this.#flush()
    if (!this.#closed) await new Promise<void>((resolve) => this.#stream.write('', () => resolve()))
  }

  #flush(): void {
    if (this.#text === '' || this.#closed) return
    const text = this.#text
    this.#text = ''
    if (!this.#stream.write(text)) this.#full = true
  }

  #drained(): void {
    this.#full = false
    for (const wake of this.#waiting.splice(0)) wake()
  }
}
