import type { Slab } from '../engine/slab.js'

const OPEN = 0x7b
const CLOSE = 0x7d

/** Bytes of white space that JSON may have around it. */
const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** Whether the last frame of row `i`, of one frame or two, looks like a JSON object: so it begins, and so it ends. */
export function looksLikeJson(slab: Slab, i: number): boolean {
  if (slab.count(i) > 2) return false
  const { bytes } = slab
  let to = slab.to(i)
  let from = slab.frameFrom(i, slab.count(i) - 1)
  while (from < to && isSpace(bytes[from]!)) from++
  if (bytes[from] !== OPEN || to - from < 2) return false
  while (isSpace(bytes[to - 1]!)) to--
  return bytes[to - 1] === CLOSE
}

/** The object that these bytes are as JSON, or undefined. */
export function parseObject(bytes: Uint8Array): object | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString())
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** How deep, and how wide, a schema goes. */
const DEPTH = 6
const WIDTH = 200

/** A JSON schema that says what is in a value: programs that plot offer its fields by name before they have read a message. */
export function schemaOf(value: unknown, depth = DEPTH): object {
  if (Array.isArray(value))
    return { type: 'array', ...(value.length > 0 && depth > 0 ? { items: schemaOf(value[0], depth - 1) } : {}) }
  switch (typeof value) {
    case 'number':
      return { type: 'number' }
    case 'string':
      return { type: 'string' }
    case 'boolean':
      return { type: 'boolean' }
    case 'object': {
      if (value === null) return {}
      const entries = depth > 0 ? Object.entries(value).slice(0, WIDTH) : []
      return {
        type: 'object',
        properties: Object.fromEntries(entries.map(([key, each]) => [key, schemaOf(each, depth - 1)])),
      }
    }
    default:
      return {}
  }
}
