import { randomFillSync } from 'node:crypto'
import { mkdirSync, statSync } from 'node:fs'
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises'
import { basename, dirname } from 'node:path'
import * as v from 'valibot'
import { RecordingSettingsSchema, ReplaySettingsSchema, type ReplayInfo } from '../../../src-main/contract/index.js'
import { Engine } from '../../../src-main/engine/engine.js'
import { JournalPool } from '../../../src-main/engine/journal.js'
import type { Session } from '../../../src-main/engine/session.js'
import { codecReady } from '../../../src-main/recording/codec.js'
import { Pace } from '../../../src-main/recording/pace.js'
import { Recordings } from '../../../src-main/recording/recordings.js'
import { Source } from '../../../src-main/recording/source.js'
import { TakeFile } from '../../../src-main/recording/take-file.js'
import type { Commands } from '../part.js'
import { boundPort, openSession } from './engine.js'
import { LoopThread, LoopWatch } from './loop-watch.js'

/** Rows that fit a screen, the bytes of each that it shows, and how many pages are looked at. */
const SHOWN_ROWS = 50
const SHOWN_BYTES = 256
const PAGES = 200
/** Bytes that may wait for the disk while a file is made. */
const AHEAD = 32 * 1024 * 1024
/** ms since 1970 at which a made file begins. */
const BEGINNING = 1_790_000_000_000

export interface Taken {
  readonly received: number
  readonly recorded: number
  readonly saved: number
  readonly missing: number
  readonly bytes: number
  readonly block: number
  readonly cpu: number
}
export interface Scanned {
  readonly rows: number
  /** ms of a search that finds nothing, and of counting the topics. */
  readonly search: number
  readonly topics: number
}
export interface Opened {
  readonly rows: number
  readonly bytes: number
  /** ms until its first rows are there, and of each of some pages from anywhere. */
  readonly first: number
  readonly pages: readonly number[]
  /** MiB that the process has grown by then, and after all pages. */
  readonly grown: number
  readonly grownAll: number
}

const mebibytes = () => process.memoryUsage().rss / 1024 / 1024
const recordingsIn = (engine: Engine, folder: string) => new Recordings({ engine, folder, version: 'bench' })

/** The engine with its recordings: a subscriber is recorded, files are made, opened, scanned and replayed. */
export function recording(): Commands {
  const engine = new Engine()
  let recordings: Recordings
  let session: Session
  let id = ''
  let loop: LoopWatch
  let cpu: NodeJS.CpuUsage
  const thread = new LoopThread()
  let before = 0
  return {
    async open({ folder }: { folder: string }) {
      recordings = recordingsIn(engine, folder)
      engine.attach({
        session: () => undefined,
        gone: () => undefined,
        pulse: (sessions) => {
          for (const { id, last } of sessions)
            engine.session(id).page(Math.max(1, last - SHOWN_ROWS + 1), SHOWN_ROWS, SHOWN_BYTES)
        },
      })
      const endpoints = [{ method: 'bind', address: 'tcp://127.0.0.1:*' }] as const
      session = await openSession(engine, { role: 'subscriber', endpoints: [...endpoints] })
      const settings = v.parse(RecordingSettingsSchema, { sessions: [session.id], name: 'take' })
      ;({ id } = await recordings.start(settings))
      loop = new LoopWatch()
      cpu = process.cpuUsage()
      return { port: boundPort(session) }
    },
    received: () => ({ received: session.numbers().in.messages }),
    /** Ends the recording. */
    async end(): Promise<Taken> {
      const { user, system } = process.cpuUsage(cpu)
      const block = loop.end()
      const { messages, saved, missing, bytes } = await recordings.stop(id)
      const received = session.numbers().in.messages
      return { received, recorded: messages, saved, missing, bytes, block, cpu: (user + system) / 1e6 }
    },
    make: (what: Made) => make(engine, what),
    scan: ({ path }: { path: string }) => scan(engine, path),
    look: ({ path }: { path: string }) => look(engine, path),
    /** Replays as a publisher. */
    async replay({ path }: { path: string }) {
      recordings = recordingsIn(engine, dirname(path))
      const [recorded] = await recordings.open(basename(path))
      const endpoint = { method: 'bind', address: 'tcp://127.0.0.1:*' }
      const settings = v.parse(ReplaySettingsSchema, { role: 'publisher', endpoint, paused: true })
      const replay = await recordings.replay(recorded!.id, settings)
      id = replay.id
      return { port: boundPort(engine.session(replay.session)) }
    },
    idle: (what: { messages: number; every: number }) => idle(what),
    play: () => {
      before = thread.read().waited
      return recordings.steer(id, 'play')
    },
    async replayed(): Promise<ReplayInfo & { waited: number }> {
      for (;;) {
        const info = (await recordings.show()).replays.find((each) => each.id === id)!
        if (info.state !== 'playing') return { ...info, waited: thread.read().waited - before }
        await pause(100)
      }
    },
    async close() {
      await recordings.close()
      await engine.close()
    },
  }
}

/** Who hears a replay, in a process of its own. */
export function recordingListener(): Commands {
  const engine = new Engine()
  let session: Session
  return {
    async open({ port }: { port: number }) {
      const endpoints = [{ method: 'connect', address: `tcp://127.0.0.1:${port}` }] as const
      session = await openSession(engine, { role: 'subscriber', endpoints: [...endpoints] })
    },
    /** @param every ms between two messages as they were made */
    heard({ every }: { every: number }) {
      const { first, last } = session.numbers()
      const off: number[] = []
      for (let seq = first; seq <= last; seq++) off.push(session.row(seq)!.time - (seq - first) * every)
      off.sort((a, b) => a - b)
      const least = off[0] ?? 0
      const late = (share: number) => (off[Math.min(off.length - 1, Math.floor(off.length * share))] ?? NaN) - least
      return { messages: last - first + 1, p50: late(0.5), p99: late(0.99) }
    },
    close: () => engine.close(),
  }
}

/** The pace of a replay that sends nothing: how late the system alone makes it. @param every ms between two messages */
async function idle({ messages, every }: { messages: number; every: number }): Promise<{ p50: number; p99: number }> {
  const pace = new Pace()
  const late: number[] = []
  const began = performance.now()
  for (let n = 0; n < messages; n++) {
    const due = began + n * every
    if (!pace.came(due)) await pace.until(due)
    late.push(Math.abs(performance.now() - due))
  }
  late.sort((a, b) => a - b)
  return { p50: late[Math.floor(messages * 0.5)]!, p99: late[Math.floor(messages * 0.99)]! }
}

interface Made {
  path: string
  messages: number
  size: number
  /** ms between two messages. */
  every: number
  /** Bytes that nothing can pack. */
  random: boolean
}

/** A file as a recording writes it, of messages at even times. */
async function make(engine: Engine, { path, messages, size, every, random }: Made): Promise<{ bytes: number }> {
  await codecReady
  mkdirSync(dirname(path), { recursive: true })
  const endpoints = [{ method: 'bind', address: 'tcp://127.0.0.1:*' }] as const
  const session = await openSession(engine, { role: 'subscriber', endpoints: [...endpoints] })
  const source = new Source(session, 'made', 1)
  const file = await TakeFile.create(path, basename(path), 'bench', BEGINNING)
  source.into(file)
  const journal = new JournalPool(64 * 1024 * 1024).open()
  const topic = Buffer.from('car/1')
  const payload = Buffer.alloc(size, 'socketeer ')
  for (let n = 0; n < messages; n++) {
    if (random) randomFillSync(payload)
    const seq = journal.append('in', [topic, payload], { time: BEGINNING + n * every })
    const slab = journal.slabOf(seq)!
    source.write(file, slab, seq - slab.firstSeq, false)
    if (n % 1000 === 0) while (file.disk.waiting > AHEAD) await pause(1)
    if (n % 1000 === 0) await turn()
  }
  await file.close({ messages })
  journal.close()
  await engine.forget(session.id)
  return { bytes: statSync(path).size }
}

async function scan(engine: Engine, path: string): Promise<Scanned> {
  const recordings = recordingsIn(engine, dirname(path))
  const [info] = await recordings.open(basename(path))
  const session = engine.session(info!.id)
  const { last } = session.numbers()
  let at = performance.now()
  for (let from = 1, done = false; !done;) ({ next: from, done } = await session.search({ text: 'not there' }, from))
  const search = performance.now() - at
  at = performance.now()
  for (let behind = 1, since = 0, known = 0; behind > 0;) {
    const changes = session.radio.topics.changes(since, known)
    ;({ behind, revision: since, known } = changes)
    await turn()
  }
  const topics = performance.now() - at
  await engine.forget(session.id)
  return { rows: last, search, topics }
}

async function look(engine: Engine, path: string): Promise<Opened> {
  const recordings = recordingsIn(engine, dirname(path))
  const before = mebibytes()
  let at = performance.now()
  const [info] = await recordings.open(basename(path))
  const session = engine.session(info!.id)
  session.page(1, SHOWN_ROWS, SHOWN_BYTES)
  const first = performance.now() - at
  const grown = mebibytes() - before
  const { last } = session.numbers()
  const pages: number[] = []
  for (let n = 0; n < PAGES; n++) {
    at = performance.now()
    session.page(1 + Math.floor(Math.random() * (last - SHOWN_ROWS)), SHOWN_ROWS, SHOWN_BYTES)
    pages.push(performance.now() - at)
    await turn()
  }
  const grownAll = mebibytes() - before
  await engine.forget(session.id)
  return { rows: last, bytes: statSync(path).size, first, pages, grown, grownAll }
}
