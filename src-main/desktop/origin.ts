/** The scheme and host that the page is served from. Registered before Electron is ready: see protocol.ts. */
export const SCHEME = 'app'
export const HOST = 'socketeer'
/** The one page there is. */
export const PAGE_URL = `${SCHEME}://${HOST}/`

/**
 * Whether a URL lies in our own origin. It is parsed, never compared by its beginning (`app://socketeer.evil/`), and the
 * parts are compared one by one: Node gives every URL of a scheme that it does not know the same `origin`, the word "null".
 */
export function isOurs(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, username, password } = new URL(url)
  return protocol === `${SCHEME}:` && host === HOST && username === '' && password === ''
}
