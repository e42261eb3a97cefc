import type { NumberType } from '../../src-main/contract/index.js'
import { numberSize, readNumber } from '../lib/read-number.js'

/** Characters of a hex line before its first byte: the offset and two blanks. */
const BEFORE = 10

/** The byte at a column of a hex line, counted within the line; undefined between and beyond. @param width bytes a line */
export function byteAt(column: number, width: number): number | undefined {
  const hex = column - BEFORE
  const text = hex - (width * 3 - 1) - 2
  if (text >= 0) return text < width ? text : undefined
  return hex >= 0 && hex < width * 3 - 1 ? Math.floor(hex / 3) : undefined
}

/** Reading a number at a place in a frame's bytes: where it begins and what it is. */
export class ByteReader {
  offset = $state('0')
  type = $state<NumberType>('u32')
  endian = $state<'little' | 'big'>('little')
  readonly at = $derived(/^\d{1,10}$/.test(this.offset.trim()) ? Number(this.offset) : undefined)

  get size(): number {
    return numberSize(this.type)
  }
  /** What stands there; undefined beyond the frame's end. */
  value(bytes: Uint8Array): number | bigint | undefined {
    return this.at === undefined ? undefined : readNumber(bytes, this.at, this.type, this.endian)
  }
  /** Which characters of a hex line are of it: from and to. */
  marked(line: number, width: number): [number, number] | undefined {
    if (this.at === undefined) return undefined
    const from = Math.max(this.at - line * width, 0)
    const to = Math.min(this.at + this.size - line * width, width)
    return from < to ? [BEFORE + from * 3, BEFORE + to * 3 - 1] : undefined
  }
}
