import type { LinkEvent, LinkEventKind, SessionSettings } from '../../../../src-main/contract/index.js'
import { clock, count, span } from '../../../lib/format.js'
import { visibleLine } from '../../../lib/visible.js'
import { eventWord, handshakeReason } from '../../../lib/words.js'
import { m } from '../../../paraglide/messages.js'

/** Something that happened to the link, said in the flow of the talk. */
export interface Note {
  readonly key: string
  /** ms since 1970 */
  readonly time: number
  readonly tone: 'bad' | 'wait' | 'ok' | 'plain'
  readonly words: string
}

const bad: ReadonlySet<LinkEventKind> = new Set([
  'bind-failed',
  'resolve-failed',
  'no-handshake',
  'handshake-failed',
  'oversize',
])
/** What would only repeat what the others say. A server's clients come and go in a list of their own. */
const silent: ReadonlySet<LinkEventKind> = new Set(['connecting', 'connected', 'retrying', 'peer-joined', 'peer-left'])

/**
 * The timeline as a person would tell it: gone, back after so long, going on. Many lines about one outage become two.
 * @param events oldest first.
 */
export function notesOf(events: readonly LinkEvent[], settings: SessionSettings): Note[] {
  const notes: (Note | undefined)[] = []
  /** When each address was lost. */
  const lost = new Map<string, number>()
  /** Where the note about refusals stands that the next one replaces. */
  const refused = new Map<string, number>()
  const every = span(settings.options.reconnectInterval)
  const several = settings.endpoints.length > 1
  const add = (event: LinkEvent, tone: Note['tone'], words: string): void => {
    const place = several && event.address !== '' ? ` · ${visibleLine(event.address)}` : ''
    notes.push({
      key: `${event.kind} ${event.seq}`,
      time: event.time,
      tone,
      words: `${clock(event.time).time.slice(0, 8)} ${words}${place}`,
    })
  }
  for (const event of events) {
    const { kind, address, detail, time } = event
    if (silent.has(kind)) continue
    if (kind === 'lost') {
      lost.set(address, time)
      add(event, 'bad', m.note_lost({ every }))
    } else if (kind === 'up') {
      const since = lost.get(address)
      add(
        event,
        since === undefined ? 'plain' : 'ok',
        since === undefined ? m.note_up() : m.note_back({ after: span(time - since) }),
      )
      lost.delete(address)
      refused.delete(address)
    } else if (kind === 'refused') {
      // While it is known to be gone, that nobody listens is no news.
      if (lost.has(address)) continue
      const before = refused.get(address)
      if (before !== undefined) notes[before] = undefined
      refused.set(address, notes.length)
      add(event, 'wait', m.note_refused({ every, n: count(event.count) }))
    } else if (kind === 'closed') {
      lost.clear()
      refused.clear()
      add(event, 'plain', detail === '' ? m.note_closed() : m.note_closed_left({ n: detail }))
    } else {
      const more = detail === '' ? '' : ` (${visibleLine(handshakeReason(detail))})`
      add(event, bad.has(kind) ? 'bad' : kind === 'malformed' ? 'wait' : 'plain', eventWord(kind) + more)
    }
  }
  return notes.filter((note) => note !== undefined)
}

/** The notes that belong between two times: after the one, up to the other. `notes` are in the order of time. */
export function notesBetween(notes: readonly Note[], after: number, upTo: number): readonly Note[] {
  return notes.slice(firstAfter(notes, after), firstAfter(notes, upTo))
}

function firstAfter(notes: readonly Note[], time: number): number {
  let low = 0
  let high = notes.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((notes[middle]?.time ?? 0) <= time) low = middle + 1
    else high = middle
  }
  return low
}
