import { createServer, STATUS_CODES, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { MAX_WAITING_BYTES, webSocketPort } from '../bridge/websocket-port.js'
import { Fault, MAX_UPWARD_BYTES, type Port } from '../contract/index.js'
import { Access, bracketed, type Refusal } from './access.js'
import { DOWNLOADS, sendFile } from './download.js'
import { securityHeaders } from './headers.js'
import type { Manifest } from './manifest.js'

/** Bounds on what anybody who reaches the port can cost us. Times in ms, sizes in bytes. */
export const defaultLimits = {
  /** For a request's headers, for all of it, and between two requests of one connection. */
  headersTimeout: 5000,
  requestTimeout: 10_000,
  keepAliveTimeout: 5000,
  /** How often the timeouts above are looked at. */
  checkInterval: 1000,
  headerBytes: 16 * 1024,
  /** Connections in all, and how many of them may be views. A browser opens up to six to load the page. */
  connections: 128,
  views: 16,
  /** Of one message from a view. */
  messageBytes: MAX_UPWARD_BYTES,
  /** Waiting for one view. */
  waitingBytes: MAX_WAITING_BYTES,
  /** A view that has not answered one ping when the next is due is gone. */
  pingInterval: 15_000,
  /** For the goodbye of a WebSocket that is being closed. */
  closeTimeout: 500,
}
export type Limits = typeof defaultLimits

export interface WebServerOptions {
  host: string
  /** 0 picks a free one. */
  port: number
  manifest: Manifest
  /** A file that may be fetched from under `/recordings/`, by the name that stands there. Rejects with a Fault that says why not. */
  download: (name: string) => Promise<{ path: string; bytes: number }>
  /** Each view that came in, once it is allowed to. */
  connected: (port: Port) => void
  /** What a person should know: a view was dropped, and why. */
  tell: (fault: Fault) => void
  limits?: Partial<Limits>
}

export interface WebServer {
  readonly port: number
  /** `http://127.0.0.1:8155`, as one opens it on this machine. */
  readonly origin: string
  /** A new address that opens one browser, once, within `life` ms if given. Not to be logged. */
  link(life?: number): string
  /** Every view and connection is gone when it resolves. */
  close(): Promise<void>
}

/** Where the page opens its WebSocket. */
const PORT_PATH = '/port'

/** Serves the page and its WebSocket. Rejects with a Fault when the address cannot be had. */
export async function startWebServer(options: WebServerOptions): Promise<WebServer> {
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const { host, manifest, download, connected, tell } = options
  const server = createServer({
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    connectionsCheckingInterval: limits.checkInterval,
    maxHeaderSize: limits.headerBytes,
    // A request without Host is refused by us, with the same headers as every refusal.
    requireHostHeader: false,
  })
  server.maxConnections = limits.connections
  const port = await listen(server, host, options.port)
  const access = new Access(host, port)
  const origin = `http://${bracketed(host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host)}:${port}`
  // A variable of its own, because @types/ws does not know closeTimeout.
  const socketOptions = {
    noServer: true,
    perMessageDeflate: false,
    maxPayload: limits.messageBytes,
    closeTimeout: limits.closeTimeout,
  }
  const sockets = new WebSocketServer(socketOptions)

  server.on('request', (request, response) => {
    const refusal = access.refuses(request)
    if (refusal !== undefined) return sendRefusal(response, refusal)
    const socketOrigin = `ws://${access.hostOf(request)}`
    const send = (status: number, words: string, more?: Record<string, string>): void =>
      sendRefusal(response, { status, words }, { ...securityHeaders(socketOrigin), ...more })
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return send(405, 'Only GET and HEAD are answered here.', { Allow: 'GET, HEAD', Connection: 'close' })

    const [path = '', query = ''] = split(request.url ?? '')
    const tokens = new URLSearchParams(query).getAll('token')
    if (path === '/' && tokens.length > 0 && request.method === 'GET') {
      const entry = access.enter(request, tokens)
      if (!entry.admitted) return sendRefusal(response, entry.refusal)
      const cookie: Record<string, string> = entry.cookie === undefined ? {} : { 'Set-Cookie': entry.cookie }
      return send(303, 'Welcome.', { Location: '/', ...cookie })
    }
    if (!access.admits(request))
      return send(
        401,
        'This browser has not been let in yet. Open the link that Socketeer printed when it started: it ends in /?token=… and opens one browser.',
      )
    if (path.startsWith(DOWNLOADS))
      return void sendFile(request, response, {
        name: path.slice(DOWNLOADS.length),
        download,
        headers: securityHeaders(socketOrigin),
        refuse: send,
      })
    const file = manifest.get(path)
    if (file === undefined) return send(404, 'There is nothing here. The page is at /.')
    response
      .writeHead(200, {
        ...securityHeaders(socketOrigin),
        'Content-Type': file.type,
        'Content-Length': file.body.byteLength,
      })
      .end(file.body)
  })

  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const refusal = refusesUpgrade(request)
    if (refusal !== undefined) return cut(socket, refusal)
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const view = webSocketPort(webSocket, {
        waitingLimit: limits.waitingBytes,
        onDropped: (reason) =>
          tell(
            new Fault('VIEW_DROPPED', `A browser window was disconnected because ${reason}; it comes back by itself.`, {
              reason,
            }),
          ),
      })
      let answered = true
      webSocket.on('pong', () => (answered = true))
      const ping = setInterval(() => {
        if (!answered) return webSocket.terminate()
        answered = false
        webSocket.ping()
      }, limits.pingInterval)
      view.onClose(() => clearInterval(ping))
      connected(view)
    })
  })

  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : error.code === 'ERR_HTTP_REQUEST_TIMEOUT' ? 408 : 400
    cut(socket, { status })
  })

  function refusesUpgrade(request: IncomingMessage): Refusal | undefined {
    const refusal = access.refuses(request, { upgrade: true })
    if (refusal !== undefined) return refusal
    if (request.url !== PORT_PATH) return { status: 404, words: `The page's line to the engine is at ${PORT_PATH}.` }
    if (!access.admits(request))
      return {
        status: 401,
        words: 'This browser has not been let in, or Socketeer was started anew since: open its new link.',
      }
    if (sockets.clients.size >= limits.views)
      return { status: 503, words: `${limits.views} windows are open, and there may be no more: close one.` }
    return undefined
  }

  return {
    port,
    origin,
    link: (life) => `${origin}/?token=${access.newToken(life)}`,
    close: async () => {
      const gone = new Promise((resolve) => server.close(resolve))
      for (const client of sockets.clients) client.close(1001, 'Socketeer has stopped')
      server.closeAllConnections()
      await gone
    },
  }
}

/** Path and query, taken apart as text: a URL parser would take `//evil/x` for a host. */
function split(url: string): string[] {
  const at = url.indexOf('?')
  return at < 0 ? [url] : [url.slice(0, at), url.slice(at + 1)]
}

function sendRefusal(response: ServerResponse, refusal: Refusal, more: Record<string, string> = {}): void {
  const { headers, body } = inText(refusal)
  response.writeHead(refusal.status, { ...headers, ...more }).end(body)
}

/** For when there is no response to write to: an upgrade, or a request that could not be read. */
function cut(socket: Duplex, refusal: Refusal): void {
  socket.on('error', () => undefined)
  if (!socket.writable) return void socket.destroy()
  const { headers, body } = inText(refusal)
  const lines = Object.entries({ ...headers, Connection: 'close' }).map(([name, value]) => `${name}: ${value}`)
  const first = `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`
  socket.end([first, ...lines, '', body].join('\r\n'), () => socket.destroy())
}

function inText({ words, retryAfter }: Refusal): { headers: Record<string, string>; body: string } {
  const body = words === undefined ? '' : `${words}\n`
  return {
    headers: {
      ...securityHeaders(),
      ...(words === undefined ? {} : { 'Content-Type': 'text/plain; charset=utf-8' }),
      ...(retryAfter === undefined ? {} : { 'Retry-After': String(retryAfter) }),
      'Content-Length': String(Buffer.byteLength(body)),
    },
    body,
  }
}

function listen(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(cannotListen(error, host, port)))
    server.listen({ host, port }, () => resolve((server.address() as AddressInfo).port))
  })
}

function cannotListen(error: NodeJS.ErrnoException, host: string, port: number): Fault {
  const detail = { host, port }
  switch (error.code) {
    case 'EADDRINUSE':
      return new Fault(
        error.code,
        `Port ${port} of ${host} is in use by another program; choose another with --port N, or any free one with --port 0.`,
        detail,
        { cause: error },
      )
    case 'EACCES':
      return new Fault(
        error.code,
        `This user may not open port ${port}; choose one above 1023 with --port N.`,
        detail,
        { cause: error },
      )
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new Fault(
        error.code,
        `${host} is not an address of this machine; leave --host out to serve this machine only.`,
        detail,
        { cause: error },
      )
    default:
      return new Fault(
        error.code ?? 'INTERNAL',
        `The page cannot be served at ${host}:${port}: ${error.message}.`,
        detail,
        { cause: error },
      )
  }
}
