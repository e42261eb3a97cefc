import { badPayload } from './bad-payload.js'
import { CborWriter } from './cbor.js'
import { MsgpackWriter } from './msgpack.js'
import { isIntegerText } from './numbers.js'
import { Tape } from './tape.js'
import { encodeText, loneSurrogate } from './text.js'
import { tapeJson } from './tree.js'

/** Digits of an integer, at most: working out longer ones takes seconds. */
const MAX_DIGITS = 400

/**
 * MessagePack or CBOR of JSON text. Keys stay in their order and twice where they are twice; a number without point and exponent
 * becomes an integer with all its digits, any other a 64-bit float. Throws BAD_PAYLOAD with the place in the text.
 */
export function fromJson(text: string, format: 'msgpack' | 'cbor'): Uint8Array {
  const tape = new Tape(format)
  for (const pause of tapeJson(text, tape)) void pause
  const writer = format === 'msgpack' ? new MsgpackWriter() : new CborWriter()
  for (let node = 0; node < tape.length; node++) {
    const start = tape.start(node)
    switch (tape.kind(node)) {
      case 'array':
        writer.array(tape.children(node))
        break
      case 'map':
        writer.map(tape.children(node) / 2)
        break
      case 'null':
        writer.null()
        break
      case 'string':
        writer.string(stringBytes(text.slice(start, tape.end(node)), start, format))
        break
      case 'number':
        number(text.slice(start, tape.end(node)), start)
        break
      default:
        writer.boolean(tape.kind(node) === 'true')
    }
  }
  return writer.finish()

  function number(digits: string, at: number): void {
    // A float has the sign of zero; an integer has not.
    if (isIntegerText(digits) && digits !== '-0') {
      if (digits.length > MAX_DIGITS)
        throw badPayload(
          format,
          at,
          `The number at character ${at + 1} has more than ${MAX_DIGITS} digits: write it as text.`,
        )
      writer.integer(BigInt(digits), at)
      return
    }
    const value = Number(digits)
    if (!Number.isFinite(value))
      throw badPayload(format, at, `The number at character ${at + 1} is larger than any 64-bit float.`)
    writer.float(value)
  }
}

function stringBytes(literal: string, at: number, format: 'msgpack' | 'cbor'): Uint8Array {
  const text = JSON.parse(literal) as string
  if (loneSurrogate(text) >= 0)
    throw badPayload(
      format,
      at,
      `The text at character ${at + 1} holds half of a surrogate pair, which UTF-8 does not have.`,
    )
  return encodeText(text)
}
