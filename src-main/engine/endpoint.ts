import { isIPv4, isIPv6 } from 'node:net'
import { Fault, type Endpoint } from '../contract/index.js'

type Method = Endpoint['method']

export interface ParsedEndpoint {
  /** From an `@` (bind) or `>` (connect) in front, as in CZMQ; undefined when there was none. */
  readonly method: Method | undefined
  readonly scheme: 'tcp' | 'ipc' | 'inproc'
  /** Without the prefix: what `format` of this endpoint gives, and what libzmq gets once host names are resolved. */
  readonly address: string
  /** tcp: the host without brackets, or `*`. */
  readonly host: string
  /** tcp: 1–65535, or 0 for `*`. */
  readonly port: number
  /** ipc and inproc: what follows `://`. */
  readonly path: string
  /** True when nobody beyond this machine can reach it. */
  readonly loopback: boolean
}

/** Bytes of a path that fit `sockaddr_un.sun_path` with its closing NUL: 108 on Linux, 104 on macOS. */
export const IPC_PATH_LIMIT = process.platform === 'linux' ? 107 : 103

/**
 * Reads an endpoint and refuses what libzmq would take and misread: it wraps port 99999 to 34463, takes `src;dst`, and speaks
 * transports that we do not open. Throws Fault `BAD_ENDPOINT`; `detail.at` is the 1-based place in `text`.
 * @param method what the endpoint is for, where that is known; the prefix must not contradict it.
 */
export function parseEndpoint(text: string, method?: Method): ParsedEndpoint {
  const lead = text.length - text.trimStart().length
  let rest = text.trim()
  let at = lead + 1
  if (rest === '') throw bad(text, 1, 'an endpoint is missing', 'tcp://127.0.0.1:5555')

  let prefix: Method | undefined
  if (rest.startsWith('@') || rest.startsWith('>')) {
    prefix = rest.startsWith('@') ? 'bind' : 'connect'
    if (method !== undefined && method !== prefix)
      throw bad(text, at, `“${rest[0]}” means ${prefix}, but this endpoint is set to ${method}`, rest.slice(1))
    rest = rest.slice(1)
    at += 1
  }
  const use = method ?? prefix

  const control = [...rest].findIndex((c) => c < ' ' || c === '\u007f')
  if (control >= 0) throw bad(text, at + control, 'a control character cannot stand in an endpoint')

  const split = rest.indexOf('://')
  if (split < 0) throw bad(text, at, `“${rest}” names no transport`, `tcp://${rest}`)
  const scheme = rest.slice(0, split).toLowerCase()
  const body = rest.slice(split + 3)
  const bodyAt = at + split + 3
  switch (scheme) {
    case 'tcp':
      return { method: prefix, ...parseTcp(text, body, bodyAt, use) }
    case 'ipc':
      return { method: prefix, ...parseIpc(text, body, bodyAt) }
    case 'inproc':
      if (body === '') throw bad(text, bodyAt, 'inproc:// needs a name', 'inproc://bus')
      if (Buffer.byteLength(body) > 255) throw bad(text, bodyAt, 'the inproc name is longer than 255 bytes')
      return { method: prefix, scheme, address: `inproc://${body}`, host: '', port: 0, path: body, loopback: true }
    default:
      throw bad(text, at, `“${scheme}://” is not a transport that Socketeer opens; use tcp://, ipc:// or inproc://`)
  }
}

/** The endpoint as text, prefix included; `parseEndpoint` of it gives the same endpoint. */
export function formatEndpoint(endpoint: ParsedEndpoint): string {
  const prefix = endpoint.method === undefined ? '' : endpoint.method === 'bind' ? '@' : '>'
  return prefix + endpoint.address
}

/** Whether a host must be resolved before libzmq may see it. */
export function isName(host: string): boolean {
  return host !== '*' && !isIPv4(host) && !isIPv6(stripZone(host))
}

type Parsed = Omit<ParsedEndpoint, 'method'>

function parseTcp(text: string, body: string, at: number, method: Method | undefined): Parsed {
  const semicolon = body.indexOf(';')
  if (semicolon >= 0)
    throw bad(
      text,
      at + semicolon,
      'a source address before “;” is not supported; leave it out',
      `tcp://${body.slice(semicolon + 1)}`,
    )
  const colon = body.lastIndexOf(':')
  const bracket = body.lastIndexOf(']')
  if (colon < 0 || colon < bracket)
    throw bad(text, at + body.length, 'the port is missing', `tcp://${body || '127.0.0.1'}:5555`)

  const hostText = body.slice(0, colon)
  const host = parseHost(text, hostText, at, method)
  const portText = body.slice(colon + 1)
  const port = parsePort(text, portText, at + colon + 1, method)
  return {
    scheme: 'tcp',
    address: `tcp://${hostText.startsWith('[') ? `[${host}]` : host}:${portText}`,
    host,
    port,
    path: '',
    loopback: isLoopbackHost(host),
  }
}

function parseHost(text: string, host: string, at: number, method: Method | undefined): string {
  if (host === '') throw bad(text, at, 'the host is missing', 'tcp://127.0.0.1:5555')
  if (host === '*') {
    if (method === 'connect') throw bad(text, at, 'one cannot connect to “*”; name the host', 'tcp://127.0.0.1:5555')
    return host
  }
  if (host.startsWith('[')) {
    const inner = host.slice(1, -1)
    if (!host.endsWith(']') || !isIPv6(stripZone(inner)))
      throw bad(text, at, `“${host}” is not an IPv6 address in brackets`, 'tcp://[::1]:5555')
    return inner
  }
  if (host.includes(':')) throw bad(text, at, `an IPv6 address stands in brackets`, `tcp://[${host}]:5555`)
  if (/^[\d.]+$/.test(host)) {
    if (!isIPv4(host))
      throw bad(text, at, `“${host}” is not an IPv4 address: four numbers from 0 to 255`, 'tcp://127.0.0.1:5555')
    return host
  }
  const labels = host.replace(/\.$/, '').split('.')
  const good = host.length <= 253 && labels.every((l) => /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/i.test(l))
  if (!good) throw bad(text, at, `“${host}” is not a host name: letters, digits, “-” and “.”`)
  return host
}

function parsePort(text: string, port: string, at: number, method: Method | undefined): number {
  if (port === '*') {
    if (method === 'connect')
      throw bad(text, at, 'one cannot connect to port “*”; name the port that the other side is bound to')
    return 0
  }
  if (port === '') throw bad(text, at, 'the port is missing', `${text.trim()}5555`)
  const value = /^[1-9]\d*$/.test(port) ? Number(port) : NaN
  if (!(value >= 1 && value <= 65535)) throw bad(text, at, `port “${port}” is not a number from 1 to 65535`)
  return value
}

function parseIpc(text: string, path: string, at: number): Parsed {
  if (path === '' || path === '*') throw bad(text, at, 'ipc:// needs the path of a socket file', 'ipc:///tmp/bus.sock')
  const bytes = Buffer.byteLength(path)
  if (bytes > IPC_PATH_LIMIT)
    throw bad(text, at, `the path is ${bytes} bytes long and the system takes ${IPC_PATH_LIMIT}`)
  return { scheme: 'ipc', address: `ipc://${path}`, host: '', port: 0, path, loopback: true }
}

function isLoopbackHost(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'))
}

function stripZone(host: string): string {
  const zone = host.indexOf('%')
  return zone > 0 ? host.slice(0, zone) : host
}

function bad(text: string, at: number, what: string, example?: string): Fault {
  const right = example === undefined ? '' : `, for example ${example}`
  return new Fault('BAD_ENDPOINT', `Endpoint “${text}”, character ${at}: ${what}${right}.`, {
    endpoint: text,
    at,
    what,
    example: example ?? null,
  })
}
