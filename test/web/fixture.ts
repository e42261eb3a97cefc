import { Fault, type Port } from '../../src-main/contract/index.js'
import type { Manifest } from '../../src-main/web/manifest.js'
import { startWebServer, type Limits, type WebServer, type WebServerOptions } from '../../src-main/web/server.js'
import { request, type RawAnswer } from './raw.js'

const page = { body: Buffer.from('<!doctype html><title>Socketeer</title>'), type: 'text/html; charset=utf-8' }
export const manifest: Manifest = new Map([
  ['/', page],
  ['/index.html', page],
  ['/assets/app.js', { body: Buffer.from('export {}'), type: 'text/javascript; charset=utf-8' }],
])

/** A server with what came to it. */
export interface Site extends WebServer {
  views: Port[]
  told: Fault[]
  /** `127.0.0.1:port`, the Host header of an ordinary request. */
  host: string
  /** Uses a new link; what is left is the cookie, as a header line. */
  enter(): Promise<string>
  get(path: string, ...headers: string[]): Promise<RawAnswer>
}

export async function startSite(
  limits: Partial<Limits> = {},
  host = '127.0.0.1',
  download: WebServerOptions['download'] = () => Promise.reject(new Fault('NO_FILE', 'There are no files.')),
): Promise<Site> {
  const views: Port[] = []
  const told: Fault[] = []
  const web = await startWebServer({
    host,
    port: 0,
    manifest,
    download,
    connected: (view) => views.push(view),
    tell: (fault) => told.push(fault),
    limits,
  })
  const own = `127.0.0.1:${web.port}`
  const get = (path: string, ...headers: string[]): Promise<RawAnswer> =>
    request(
      web.port,
      `GET ${path}`,
      headers.some((line) => /^host:/i.test(line)) ? headers : [`Host: ${own}`, ...headers],
    )
  return {
    ...web,
    views,
    told,
    host: own,
    get,
    enter: async () => {
      const { headers } = await get(`/?${new URL(web.link()).search.slice(1)}`)
      return `Cookie: ${headers['set-cookie']?.split(';')[0] ?? ''}`
    },
  }
}

/** The lines of a WebSocket handshake that ours would accept, to be bent by a test. */
export function handshake(site: Site, cookie: string): string[] {
  return [
    `Host: ${site.host}`,
    `Origin: http://${site.host}`,
    'Upgrade: websocket',
    'Connection: Upgrade',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    cookie,
  ]
}
