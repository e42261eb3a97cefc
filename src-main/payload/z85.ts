const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#'

/** Bytes as Z85 text (ZeroMQ RFC 32): 5 characters for 4 bytes. Throws RangeError unless the length is a multiple of 4. */
export function toZ85(bytes: Uint8Array): string {
  if (bytes.byteLength % 4 !== 0) throw new RangeError('Z85 holds whole groups of 4 bytes.')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let text = ''
  for (let at = 0; at < bytes.byteLength; at += 4) {
    const value = view.getUint32(at)
    for (let divisor = 85 ** 4; divisor >= 1; divisor /= 85) text += ALPHABET[Math.floor(value / divisor) % 85]
  }
  return text
}
