import type { Link, LinkState, SessionInfo } from '../../src-main/contract/index.js'
import { count } from '../lib/format.js'
import { linkWord, stateWord } from '../lib/words.js'
import { m } from '../paraglide/messages.js'

/** Four tones, each with a colour and a shape of its own: filled dot, ring, square, hollow bar. */
export type Tone = 'ok' | 'wait' | 'bad' | 'off'

const tones: Readonly<Record<LinkState, Tone>> = {
  resolving: 'wait',
  binding: 'wait',
  listening: 'ok',
  connecting: 'wait',
  connected: 'wait',
  up: 'ok',
  waiting: 'wait',
  'no-handshake': 'bad',
  failed: 'bad',
  closed: 'off',
}
const rank: Readonly<Record<Tone, number>> = { bad: 3, wait: 2, ok: 1, off: 0 }

export const linkTone = (link: Link): Tone => tones[link.state]

/** A session in one tone and a few words: how it is doing where that is not well, else the state of its links. */
export function summary(info: SessionInfo): { tone: Tone; words: string } {
  const { state, links } = info
  if (state.kind !== 'open')
    return {
      tone: state.kind === 'failed' ? 'bad' : state.kind === 'closed' ? 'off' : 'wait',
      words: stateWord(state.kind),
    }
  const worst = links.reduce<Link | undefined>(
    (found, link) => (found === undefined || rank[linkTone(link)] > rank[linkTone(found)] ? link : found),
    undefined,
  )
  if (worst === undefined) return { tone: 'wait', words: stateWord('opening') }
  const tone = linkTone(worst)
  const good = links.filter((link) => linkTone(link) === 'ok').length
  if (links.length > 1 && tone !== 'ok')
    return {
      tone,
      words: `${linkWord(worst.state)} · ${m.link_state_some({ up: count(good), n: count(links.length) })}`,
    }
  const peers = links.reduce((sum, link) => sum + (link.method === 'bind' ? link.peers : 0), 0)
  if (worst.state === 'listening')
    return {
      tone,
      words:
        peers === 0
          ? linkWord('listening')
          : `${linkWord('listening')} · ${m.link_peers({ count: peers, n: count(peers) })}`,
    }
  return { tone, words: linkWord(worst.state) }
}
