/** Levels of nesting in a profile: far more than any section has, far fewer than a serialiser's stack takes. */
const MAX_DEPTH = 64

/**
 * Whether a value comes back from JSON as it went in. A view can send more than JSON holds (bytes, NaN, cycles), and a
 * section kept today must be the same after a restart.
 */
export function isPlain(value: unknown, depth = MAX_DEPTH): boolean {
  if (value === null || value === undefined || typeof value === 'string' || typeof value === 'boolean') return true
  if (typeof value === 'number') return Number.isFinite(value)
  if (typeof value !== 'object' || depth === 0) return false
  if (Array.isArray(value)) return value.every((item) => item !== undefined && isPlain(item, depth - 1))
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null) return false
  return Object.values(value).every((item) => isPlain(item, depth - 1))
}
