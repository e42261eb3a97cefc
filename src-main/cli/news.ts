import type { LinkEvent, Link } from '../contract/index.js'
import { parseEndpoint } from '../engine/endpoint.js'

/**
 * What a person wants to know of the links, one plain line for each event, or undefined where nothing is to be said.
 * `link` is the endpoint it happened on, where that is known.
 */
export function newsOf(event: LinkEvent, link: Link | undefined): string | undefined {
  const { kind, address, detail, count } = event
  // The same thing again: one line is enough, except for the coming and going of peers.
  if (count > 1 && kind !== 'peer-joined' && kind !== 'peer-left' && kind !== 'subscribed' && kind !== 'unsubscribed')
    return undefined
  switch (kind) {
    case 'listening':
      return `listening on ${detail || address}${reach(address)}`
    case 'up':
      return `connected to ${address}`
    case 'peer-joined':
      return `a peer connected to ${address}`
    case 'peer-left':
      return `a peer left ${address}`
    case 'lost':
      return `lost the connection to ${address}; it is tried again`
    case 'refused':
      return `nobody listens at ${address} yet; it is tried again`
    case 'no-handshake':
      return (
        link?.fault?.message ?? `${address} accepts the connection but does not speak ZeroMQ, or speaks another pattern`
      )
    case 'handshake-failed':
      return `a peer at ${address} was turned away: ${reasons[detail] ?? (detail || 'it speaks another pattern, or not ZeroMQ')}`
    case 'encrypted':
      return `encrypted; the peer is ${detail}`
    case 'turned-away':
      return `a peer at ${address} was turned away: its key ${detail} is not on the list`
    case 'malformed':
      return `a message that is no request was dropped at ${address}${detail && `: ${detail}`}`
    case 'oversize':
      return `a message over the limit was refused at ${address}${detail && `: ${detail}`}`
    case 'subscribed':
      return `somebody subscribed to ${topicName(detail)}`
    case 'unsubscribed':
      return `somebody unsubscribed from ${topicName(detail)}`
    case 'bind-failed':
    case 'resolve-failed':
    case 'connecting':
    case 'connected':
    case 'retrying':
    case 'closed':
      return undefined
  }
}

function topicName(topic: string): string {
  return topic === '' ? 'everything' : JSON.stringify(topic)
}

/** Of a failed handshake; see engine/security/handshake.ts. */
const reasons: Readonly<Record<string, string>> = {
  mechanism: 'one end uses CURVE and the other does not',
  crypto: 'it does not have the right key of this server',
}

/** Said whenever others can come in. */
function reach(address: string): string {
  return parseEndpoint(address).loopback ? '' : ' (everyone who can reach this machine over the network can use it)'
}
