/** The scheme and host that the page is served from. Registered before Electron is ready: see protocol.ts. */
export const SCHEME = 'app'
/** The one page there is. */
export const PAGE_URL = `${SCHEME}://socketeer/`

/** Where the page comes from, and the only origin that is trusted with anything. */
export interface Origin {
  readonly page: string
  /**
   * Whether a URL lies in it. It is parsed, never compared by its beginning (`app://socketeer.evil/`), and part by part: Node
   * gives every URL of a scheme that it does not know the same `origin`, the word "null".
   */
  owns(url: string): boolean
}

export function originOf(page: string): Origin {
  const home = new URL(page)
  return {
    page,
    owns: (url) => {
      if (!URL.canParse(url)) return false
      const { protocol, host, username, password } = new URL(url)
      return protocol === home.protocol && host === home.host && username === '' && password === ''
    },
  }
}
