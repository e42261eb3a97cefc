/** An id that nobody else has. `crypto.randomUUID` exists only in secure contexts, which a page on another machine is not. */
export function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}
