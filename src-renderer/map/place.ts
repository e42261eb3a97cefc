import type { Endpoint, Link, SessionInfo } from '../../src-main/contract/index.js'

/** How far an address reaches. `inside`: this program alone · `machine`: loopback · `file`: a path on this machine · `network`: beyond this machine. */
export const placeKinds = ['inside', 'machine', 'file', 'network'] as const
export type PlaceKind = (typeof placeKinds)[number]

/** One address that sessions meet at, as far as its text tells. */
export interface Address {
  readonly kind: PlaceKind
  /** The same for everybody who means the same place. */
  readonly key: string
  /** Of tcp: the host without brackets, and the port; `*` where it is chosen when it is bound. */
  readonly host: string
  readonly port: string
}

export function addressOf(text: string): Address {
  const [, scheme = '', rest = ''] = /^(\w+):\/\/(.*)$/.exec(text.trim()) ?? []
  if (scheme === 'inproc') return { kind: 'inside', key: text, host: '', port: '' }
  if (scheme !== 'tcp') return { kind: 'file', key: text, host: '', port: '' }
  const colon = rest.lastIndexOf(':')
  const host = rest
    .slice(0, colon)
    .replace(/^\[|\]$/g, '')
    .replace(/^::ffff:/i, '')
    .replace(/^localhost$/i, '127.0.0.1')
    .replace(/^\*$/, '0.0.0.0')
  const port = rest.slice(colon + 1)
  return { kind: isLoopback(host) ? 'machine' : 'network', key: `tcp ${host} ${port}`, host, port }
}

const isLoopback = (host: string): boolean => host.startsWith('127.') || host === '::1'
const isEveryone = (host: string): boolean => host === '0.0.0.0' || host === '::'

/** Whether whoever connects to `to` comes out at what is bound at `at`: the same place, or a port of this machine that is bound for every address. */
export const comesOutAt = (to: Address, at: Address): boolean =>
  to.key === at.key || (isEveryone(at.host) && isLoopback(to.host) && to.port === at.port && at.port !== '*')

/** One end of a session: where it is bound or connected, now or when it is opened. */
export interface End {
  readonly session: SessionInfo
  /** Undefined while it is closed: then it is what its settings say. */
  readonly link: Link | undefined
  readonly method: Endpoint['method']
  /** As it turned out, else as it was typed. */
  readonly address: string
  /** Of a worker, the way on. */
  readonly side: 'in' | 'out'
}

/** The ends of a session. One that was read from a file has none. */
export function endsOf(session: SessionInfo): End[] {
  if (session.recorded !== undefined) return []
  const live = session.links.filter(({ state }) => state !== 'closed')
  if (live.length > 0)
    return live.map((link) => ({
      session,
      link,
      method: link.method,
      address: link.actual || link.address,
      side: link.side,
    }))
  const { settings } = session
  const end =
    (side: 'in' | 'out') =>
    ({ method, address }: Endpoint): End => ({ session, link: undefined, method, address, side })
  return [...settings.endpoints.map(end('in')), ...(settings.role === 'worker' ? settings.forward.map(end('out')) : [])]
}
