import { count, rate } from '../lib/format.js'
import { visibleLine } from '../lib/visible.js'
import { linkWord, roleWord } from '../lib/words.js'
import { m } from '../paraglide/messages.js'
import { linkTone, summary } from '../parts/link-summary.js'
import type { Workbench } from '../state/workbench.svelte.js'
import type { MapFigures } from './figures.svelte.js'
import type { MapNode, MapPeer, MapPlace } from './plan.js'

/** Puts into words what is known of a node now. */
export function showNode(figures: MapFigures, node: MapNode, bench: Workbench): void {
  if (node.kind === 'session') showSession(figures, node.session, bench)
  else if (node.kind === 'place') showPlace(figures, node)
  else showPeer(figures, node, bench)
}

function showSession(figures: MapFigures, id: string, bench: Workbench): void {
  const session = bench.session(id)
  if (session === undefined) return
  const { tone, words } = summary(session.info)
  figures.title = visibleLine(session.name)
  figures.role = session.role
  figures.about = session.info.recorded === undefined ? roleWord(session.role) : m.map_recording()
  figures.tone = tone
  figures.word = words
  figures.apart = bench.hasWindow(session)
  const { in: ins, out } = session.numbers
  figures.rate = session.open ? m.count_per_second({ n: rate(ins.rate1 + out.rate1) }) : ''
}

function showPlace(figures: MapFigures, { address, reach, ours, ends }: MapPlace): void {
  figures.title = visibleLine(address)
  figures.reach = reach
  figures.about = m[`map_reach_${reach}`]()
  const live = ends.flatMap(({ link }) => link ?? [])
  const worst = live.find((link) => linkTone(link) === 'bad')
  figures.tone = worst !== undefined ? 'bad' : ours ? 'ok' : live.some(({ state }) => state === 'up') ? 'ok' : 'off'
  figures.word =
    worst !== undefined
      ? linkWord(worst.state)
      : ours
        ? m.map_ours()
        : live.length === 0
          ? m.map_unused()
          : m.map_theirs()
}

function showPeer(figures: MapFigures, { count: many, there, session, role }: MapPeer, bench: Workbench): void {
  figures.title = many > 0 ? m.map_peers({ count: many, n: count(many) }) : there ? m.map_peer() : m.map_nobody()
  figures.tone = there ? 'ok' : 'off'
  figures.word = there ? m.map_unknown() : m.map_nobody_yet()
  // What a role knows besides: whoever asks is told apart, whoever listens says what for.
  const view = bench.session(session)
  const topics = view?.status('publisher')?.topics ?? 0
  const clients = view?.status('server')?.clients ?? 0
  figures.about =
    !there || many === 0
      ? ''
      : role === 'publisher'
        ? m.map_subscribed({ count: topics, n: count(topics) })
        : role === 'server' && clients > 0
          ? m.map_asked({ count: clients, n: count(clients) })
          : ''
}
