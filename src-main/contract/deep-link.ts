import { Fault } from './faults.js'
import { defaultEndpoints, type Endpoint, type RoleName } from './settings.js'

export const LINK_SCHEME = 'socketeer:'

/** Characters of a link, at most: an address and some topics. */
const LONGEST = 2048
const MOST_TOPICS = 16

/** The patterns by the names that scripts have for them. */
const roles: Readonly<Record<string, RoleName>> = {
  rep: 'server',
  req: 'client',
  pub: 'publisher',
  sub: 'subscriber',
  push: 'ventilator',
  pull: 'sink',
  work: 'worker',
}

/** What a link would open, once somebody has said yes. */
export interface DeepLink {
  readonly role: RoleName
  readonly endpoint: Endpoint
  /** Of a subscriber; empty: everything. */
  readonly topics: readonly string[]
}

/**
 * Reads `socketeer://sub/tcp://host:port?topic=x`. Whoever made the link is unknown, so nothing in it is guessed at. The address is text still: the
 * endpoint parser has the last word on it. Throws Fault `BAD_LINK`.
 */
export function parseDeepLink(text: string): DeepLink {
  if (text.length > LONGEST) throw bad(`has ${text.length} characters, and ${LONGEST} is the most`)
  if (/[^!-~]/.test(text))
    throw bad('has a space, a control character or a letter beyond ASCII in it; write it as %20 and the like')
  const found = /^socketeer:\/\/([^/?#]*)\/([^?#]*)(?:\?([^#]*))?$/i.exec(text)
  if (found === null) throw bad('has no pattern and address')
  const [, pattern = '', address = '', query] = found
  const role = Object.hasOwn(roles, pattern) ? roles[pattern] : undefined
  if (role === undefined)
    throw bad(`names “${pattern.slice(0, 40)}”, and the patterns are ${Object.keys(roles).join(', ')}`)
  if (!address.startsWith('tcp://')) throw bad('has an address that does not begin with tcp://')
  const { method } = defaultEndpoints[role][0] ?? { method: 'connect' }
  return { role, endpoint: { method, address }, topics: topicsOf(query, role) }
}

function topicsOf(query: string | undefined, role: RoleName): string[] {
  if (query === undefined) return []
  return query.split('&').map((pair, i) => {
    if (role !== 'subscriber') throw bad('has something behind “?”, which only sub takes')
    if (!pair.startsWith('topic=')) throw bad(`has “${pair.slice(0, 40)}” behind “?”, and topic= is all there is`)
    if (i >= MOST_TOPICS) throw bad(`has more than ${MOST_TOPICS} topics`)
    try {
      return decodeURIComponent(pair.slice('topic='.length))
    } catch {
      throw bad(`has a topic with a broken %: “${pair.slice(0, 40)}”`)
    }
  })
}

function bad(what: string): Fault {
  return new Fault('BAD_LINK', `The link ${what}. Right would be socketeer://sub/tcp://127.0.0.1:5556?topic=pose.`)
}
