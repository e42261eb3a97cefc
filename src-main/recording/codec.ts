import { compress, decompress, isLoaded } from '@foxglove/wasm-zstd'
import { Fault } from '../contract/index.js'
import { unpackLz4 } from './lz4.js'

/**
 * Level 1: 230 MB/s here to 0.29 of the size of JSON telemetry. lz4 packs no faster in WebAssembly (250 MB/s, 0.53) and half as fast in JavaScript; levels below 1 are no
 * faster either.
 */
const LEVEL = 1
/** Bytes of one chunk that are unpacked at most: what says that it is larger is broken, or meant badly. */
export const MOST_UNPACKED = 512 * 1024 * 1024

/** Resolves when `pack` and `unpack` may be called. */
export const codecReady: Promise<unknown> = isLoaded

/** As zstd, in memory of its own. */
export function pack(bytes: Uint8Array): Uint8Array {
  return compress(bytes, LEVEL)
}

/** Unpacks a chunk's records. Throws Fault `BAD_RECORDING`. */
export function unpack(compression: string, bytes: Uint8Array, size: number): Uint8Array {
  if (compression === '') return bytes
  if (size > MOST_UNPACKED)
    throw broken(`one of its chunks says that it holds ${size} bytes, and ${MOST_UNPACKED} are the most that is read`)
  if (compression !== 'zstd' && compression !== 'lz4')
    throw broken(`it is packed with ${JSON.stringify(compression.slice(0, 32))}; zstd and lz4 can be read here`)
  let unpacked: Uint8Array
  try {
    unpacked = compression === 'zstd' ? decompress(bytes, size) : unpackLz4(bytes, size)
  } catch (error) {
    throw broken(`a chunk cannot be unpacked (${error instanceof Error ? error.message : String(error)})`)
  }
  if (unpacked.byteLength !== size) throw broken(`a chunk holds ${unpacked.byteLength} bytes instead of ${size}`)
  return unpacked
}

/** @param why the end of a sentence */
export function broken(why: string): Fault {
  return new Fault('BAD_RECORDING', `This recording cannot be read: ${why}.`, { why })
}
