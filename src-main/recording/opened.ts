import * as v from 'valibot'
import {
  directions,
  LinkEventSchema,
  SessionSettingsSchema,
  type LinkEvent,
  type RecordedFile,
  type SessionSettings,
} from '../contract/index.js'
import { RecordedSession } from '../engine/recorded-session.js'
import type { Session } from '../engine/session.js'
import type { SessionWatcher } from '../engine/session-watcher.js'
import { broken } from './codec.js'
import { FileJournal, type Gap, type Track } from './file-journal.js'
import type { RecordingFile } from './file.js'
import { ByteSource } from './mcap/bytes.js'
import { op, type Channel } from './mcap/records.js'
import { MESSAGE_ENCODING } from './message.js'

/** Link events that are brought back: as many as a timeline keeps. */
const MOST_EVENTS = 2000
const encoder = new TextEncoder()

/** One session of a file. */
export interface Recorded {
  readonly label: string
  readonly settings: SessionSettings
  readonly journal: FileJournal
  readonly recorded: RecordedFile
  readonly totals: { in: number; out: number; bytes: number }
  readonly links: LinkEvent[]
}

/** Who lists sessions: the engine. */
export interface SessionShelf {
  adopt<S extends Session>(make: (id: string, watcher: SessionWatcher) => S): S
}

/** Lists the sessions of a file, each to be looked at like any other. Forgetting the last of them closes the file. Throws Fault `BAD_RECORDING` where there are none. */
export function list(file: RecordingFile, shelf: SessionShelf): RecordedSession[] {
  let sessions: Recorded[]
  try {
    sessions = sessionsOf(file)
  } catch (error) {
    file.close()
    throw error
  }
  return sessions.map((parts) => shelf.adopt((id, watcher) => new RecordedSession(id, parts, watcher)))
}

/** The sessions that were recorded in a file; one for all channels that another program made. */
export function sessionsOf(file: RecordingFile): Recorded[] {
  const described = new Map(file.metadata('socketeer.session').map((each) => [each.get('label') ?? '', each]))
  // A session that had not a single message is one all the same.
  const groups = new Map<string, Map<number, Track>>([...described.keys()].map((label) => [label, new Map()]))
  const others = new Map<number, Track>()
  for (const channel of file.contents.channels.values()) {
    const { metadata, encoding, id } = channel
    if (encoding === MESSAGE_ENCODING) {
      const label = metadata.get('session') ?? ''
      const tracks = groups.get(label) ?? new Map<number, Track>()
      tracks.set(id, { direction: metadata.get('direction') === 'out' ? 1 : 0, topic: undefined })
      groups.set(label, tracks)
    } else if (metadata.get('kind') === undefined || metadata.get('session') === undefined)
      others.set(id, { direction: 0, topic: encoder.encode(channel.topic) })
  }
  const sessions = [...groups].map(([label, tracks]) =>
    recordedOf(file, label, tracks, settingsFrom(described.get(label), label)),
  )
  if (others.size > 0 || sessions.length === 0) sessions.push(recordedOf(file, '', others, listener(file.name)))
  if (sessions.every(({ journal }) => journal.last === 0) && described.size === 0) {
    for (const { journal } of sessions) journal.close()
    throw broken('there is no message in it')
  }
  return sessions
}

function recordedOf(
  file: RecordingFile,
  label: string,
  tracks: ReadonlyMap<number, Track>,
  settings: SessionSettings,
): Recorded {
  const journal = new FileJournal(file, tracks)
  const links: LinkEvent[] = []
  const gaps: Gap[] = []
  eachJson(file, label, (kind, value) => {
    if (kind === 'links') {
      const event = v.safeParse(LinkEventSchema, value)
      if (event.success) links.push(event.output)
      if (links.length > MOST_EVENTS) links.shift()
    } else if (kind === 'gaps') {
      const gap = v.safeParse(GapSchema, value)
      if (gap.success) gaps.push(gap.output)
    }
  })
  journal.gaps = gaps
  const totals = { in: 0, out: 0, bytes: 0 }
  for (const { counts } of file.contents.stretches)
    for (const [channel, count] of counts ?? []) {
      const track = tracks.get(channel)
      if (track !== undefined) totals[directions[track.direction] ?? 'in'] += count
    }
  const { first, last } = journal
  const timeAt = (seq: number) => {
    const slab = first > last ? undefined : journal.slabOf(seq)
    return slab?.time(seq - slab.firstSeq) ?? 0
  }
  const missing = gaps.reduce((sum, gap) => sum + gap.missing, 0)
  const { cutOff } = file.contents
  const recorded = {
    file: file.name,
    label,
    from: timeAt(first),
    to: timeAt(last),
    messages: last,
    missing,
    ...(cutOff === undefined ? {} : { cutOff }),
  }
  return { label, settings, journal, recorded, totals, links }
}

const GapSchema = v.object({ before: v.number(), missing: v.number() })

/** Every JSON message about a session, in the order of the file. Damaged stretches are left out. */
function eachJson(file: RecordingFile, label: string, found: (kind: string, value: unknown) => void): void {
  const kinds = new Map<number, string>()
  const about = (channel: Channel) => channel.encoding === 'json' && channel.metadata.get('session') === label
  for (const channel of file.contents.channels.values()) {
    const kind = channel.metadata.get('kind') ?? ''
    if (about(channel) && (kind === 'links' || kind === 'gaps')) kinds.set(channel.id, kind)
  }
  for (const stretch of file.contents.stretches) {
    if (![...kinds.keys()].some((id) => stretch.counts?.has(id))) continue
    try {
      const source = new ByteSource(file.records(stretch))
      while (source.left > 0) {
        const opcode = source.u8()
        const length = source.u64()
        const at = source.skip(length)
        if (opcode !== op.message) continue
        const kind = kinds.get(source.view.getUint16(at, true))
        if (kind !== undefined)
          found(kind, JSON.parse(new TextDecoder().decode(source.bytes.subarray(at + 22, at + length))))
      }
    } catch {
      continue
    }
  }
}

/** The settings that a session had; what cannot be read any more is replaced by a listener's, since rows are what counts. */
function settingsFrom(described: ReadonlyMap<string, string> | undefined, label: string): SessionSettings {
  try {
    const settings = v.safeParse(SessionSettingsSchema, JSON.parse(described?.get('settings') ?? ''))
    if (settings.success) return { ...settings.output, name: label }
  } catch {
    // Written by a Socketeer of another time, or by hand.
  }
  return listener(label)
}

function listener(name: string): SessionSettings {
  return v.parse(SessionSettingsSchema, {
    role: 'subscriber',
    name: name.slice(0, 200),
    endpoints: [{ method: 'connect', address: 'inproc://recording' }],
  })
}
