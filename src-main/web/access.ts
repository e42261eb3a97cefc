import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { isIP, isIPv4, isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'
import { Guesses } from './guesses.js'

/** A refusal, before anything else was looked at. Without `words` the answer has no body. */
export interface Refusal {
  readonly status: number
  readonly words?: string
  /** Seconds. */
  readonly retryAfter?: number
}

/** What a link does: it admits this browser (with a cookie to set, unless it has one already), or it does not. */
export type Entry = { admitted: true; cookie?: string } | { admitted: false; refusal: Refusal }

/** Whether only this machine can reach what listens at `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

/** As it stands in a URL. */
export function bracketed(host: string): string {
  return isIPv6(host) ? `[${host}]` : host
}

/**
 * Who may come in, in three steps that each request takes in this order.
 * 1. **Host**: the request must be meant for us by name, or a page elsewhere has had its own name point here (DNS rebinding).
 * 2. **Origin**: it must come from our own page or from a person, never from another site's page.
 * 3. **Cookie**: the browser must have opened a link, once, with a token that only this process has told.
 */
export class Access {
  readonly #hosts: ReadonlySet<string>
  readonly #anyOwnAddress: boolean
  readonly #port: number
  readonly #cookieName: string
  /** Drawn at each start, so that no cookie outlives the process. Only its digest is compared. */
  readonly #cookie = randomBytes(32).toString('base64url')
  /** Of each token that was told; there are as many as `newToken` was called. `end` is a time of `performance.now`. */
  readonly #tokens: { digest: Buffer; end: number; used: boolean }[] = []
  readonly #guesses: Guesses

  /** @param host what the server listens on. */
  constructor(host: string, port: number, guesses = new Guesses()) {
    const names = ['127.0.0.1', '[::1]', 'localhost', bracketed(host).toLowerCase()]
    // Browsers leave out the port that http has anyway.
    this.#hosts = new Set(names.flatMap((name) => (port === 80 ? [name, `${name}:80`] : [`${name}:${port}`])))
    this.#anyOwnAddress = host === '0.0.0.0' || host === '::'
    this.#port = port
    // Cookies know hosts but no ports: two of us on one machine must not take each other's.
    this.#cookieName = `socketeer-${port}`
    this.#guesses = guesses
  }

  /** A token for one link, which opens one browser, within `life` ms: 32 random bytes in base64url. */
  newToken(life = Infinity): string {
    const token = randomBytes(32).toString('base64url')
    this.#tokens.push({ digest: digestOf(token), end: performance.now() + life, used: false })
    return token
  }

  /** Steps 1 and 2. `upgrade`: for a WebSocket, which any page may open, the origin is required and must be ours. */
  refuses(request: IncomingMessage, { upgrade = false } = {}): Refusal | undefined {
    const host = this.#hostOf(request)
    if (host === undefined) return { status: 421 }
    const { origin } = request.headers
    if (origin === undefined ? upgrade : origin !== `http://${host}`)
      return { status: 403, words: 'Only the page that Socketeer itself serves may talk to it.' }
    const site = request.headers['sec-fetch-site']
    if (site !== undefined && site !== 'same-origin' && site !== 'none')
      return {
        status: 403,
        words: 'Another site led here, which could be an attack. Copy the address into the address bar yourself.',
      }
    return undefined
  }

  /** Our own name as the request gives it, in lower case. Valid only after `refuses` found nothing. */
  hostOf(request: IncomingMessage): string {
    return (request.headers.host ?? '').toLowerCase()
  }

  /** Step 3, for everything but the link. */
  admits(request: IncomingMessage): boolean {
    return this.#cookies(request).some((value) => timingSafeEqual(digestOf(value), digestOf(this.#cookie)))
  }

  /** Step 3, for a link: exchanges its token for a cookie. */
  enter(request: IncomingMessage, tokens: readonly string[]): Entry {
    if (this.admits(request)) return { admitted: true }
    const address = request.socket.remoteAddress ?? ''
    const wait = this.#guesses.wait(address)
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1000)
      return refused(429, `There were too many wrong tokens; try the link again in ${seconds} s.`, seconds)
    }
    const [token = ''] = tokens
    const digest = digestOf(token)
    // All are compared, whichever fits.
    const known = this.#tokens.filter((each) => timingSafeEqual(each.digest, digest))[0]
    if (known === undefined || tokens.length !== 1) {
      this.#guesses.wrong(address)
      return refused(
        401,
        'The token in this link is not one that this Socketeer has told. Open the link that it printed when it started; each start has its own.',
      )
    }
    if (known.used || performance.now() > known.end)
      return refused(
        401,
        'This link has been used: it opens one browser, once. Go on in the browser that used it, open the printed link if this was another, or start Socketeer again for a new one.',
      )
    known.used = true
    return { admitted: true, cookie: `${this.#cookieName}=${this.#cookie}; HttpOnly; SameSite=Strict; Path=/` }
  }

  #hostOf({ rawHeaders, headers, url }: IncomingMessage): string | undefined {
    // Of two Host headers Node shows the first; somebody on the way may have looked at the second.
    const given = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host').length
    // `GET http://elsewhere/ HTTP/1.1` names a host of its own, which counts more than the header.
    if (given !== 1 || url?.startsWith('/') !== true) return undefined
    const host = (headers.host ?? '').toLowerCase()
    return this.#hosts.has(host) || (this.#anyOwnAddress && this.#isOwnAddress(host)) ? host : undefined
  }

  /** When we listen on every address, a request may be for any of them. A rebound name is never an address. */
  #isOwnAddress(host: string): boolean {
    const address = host.replace(new RegExp(`:${this.#port}$`), '').replace(/^\[(.*)\]$/, '$1')
    if (!isIP(address) || host !== `${bracketed(address)}:${this.#port}`) return false
    return Object.values(networkInterfaces()).some((each) => each?.some((one) => one.address === address))
  }

  /** Values of our cookie: a browser may send several of one name. */
  #cookies({ headers }: IncomingMessage): string[] {
    return (headers.cookie ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair.startsWith(`${this.#cookieName}=`))
      .map((pair) => pair.slice(this.#cookieName.length + 1))
  }
}

function refused(status: number, words: string, retryAfter?: number): Entry {
  return { admitted: false, refusal: retryAfter === undefined ? { status, words } : { status, words, retryAfter } }
}

/** Of equal length whatever was given, so that comparing takes equal time. */
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
