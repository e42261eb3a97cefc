import { setTimeout as pause } from 'node:timers/promises'
import * as v from 'valibot'
import { ChannelsSchema, RadioSettingsSchema } from '../../../src-main/contract/index.js'
import { Engine } from '../../../src-main/engine/engine.js'
import { JournalPool } from '../../../src-main/engine/journal.js'
import { decimate, Points } from '../../../src-main/engine/radio/points.js'
import { Topics } from '../../../src-main/engine/radio/topics.js'
import type { Session } from '../../../src-main/engine/session.js'
import type { Commands } from '../part.js'
import { boundPort, openSession } from './engine.js'
import { LoopWatch } from './loop-watch.js'

/** Share of one core, messages a second, and the longest block of the event loop, ms. */
export interface Load {
  readonly cpu: number
  readonly rate: number
  readonly block: number
}

/** Milliseconds within which what is in memory is read, and the rows behind the newest that one is who keeps up. */
const PATIENCE = 30_000
const CAUGHT_UP = 5000

function behind({ radio }: Session): number {
  return Math.max(0, radio.gaps().behind, ...radio.signals.status().map(({ behind }) => behind))
}

async function load(count: () => number, ms: number): Promise<Load> {
  await pause(300)
  const loop = new LoopWatch()
  const [at, before, cpu] = [performance.now(), count(), process.cpuUsage()]
  await pause(ms)
  const { user, system } = process.cpuUsage(cpu)
  const took = performance.now() - at
  return { cpu: (user + system) / 1000 / took, rate: ((count() - before) / took) * 1000, block: loop.end() }
}

/** A publisher whose generator makes what it is told. */
export function radioSender(): Commands {
  const engine = new Engine()
  let session: Session
  return {
    async open() {
      session = await openSession(engine, {
        role: 'publisher',
        endpoints: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }],
      })
      return { port: boundPort(session) }
    },
    generate: ({ rate, topics }: { rate: number; topics: number }) =>
      session.station.generate(
        v.parse(
          ChannelsSchema,
          Array.from({ length: topics }, (_, n) => ({
            topic: `car/${n}`,
            shape: { kind: 'vehicle' },
            rate: rate / topics,
          })),
        ),
      ),
    measure: async ({ ms }: { ms: number }) => ({
      ...(await load(() => session.numbers().out.messages, ms)),
      skipped: session.info().generating?.skipped ?? 0,
    }),
    close: () => engine.close(),
  }
}

/** A subscriber: with signals, gaps and a view of its topics, or with none of them. */
export function radioReceiver(): Commands {
  const engine = new Engine()
  let session: Session
  return {
    async open({ port }: { port: number }) {
      session = await openSession(engine, {
        role: 'subscriber',
        endpoints: [{ method: 'connect', address: `tcp://127.0.0.1:${port}` }],
      })
    },
    set: ({ signals, gaps }: { signals: number; gaps: boolean }) => {
      const paths = ['speed', 'steering', 'x', 'y', 'gear', 't']
      const place = (path: string) => ({ kind: 'json', path }) as const
      session.setRadio(
        v.parse(RadioSettingsSchema, {
          signals: Array.from({ length: signals }, (_, n) => ({
            id: String(n),
            name: '',
            place: place(paths[n % 6]!),
          })),
          ...(gaps
            ? { gaps: { sequence: place('n'), perTopic: true, timestamp: { place: place('t'), unit: 'ms' } } }
            : {}),
        }),
      )
    },
    /** What is heard only: a signal begins with all rows that are in memory, which is over before the window. */
    async measure({ ms }: { ms: number }): Promise<Load> {
      const late = performance.now() + PATIENCE
      while (behind(session) > CAUGHT_UP && performance.now() < late) await pause(20)
      return load(() => session.numbers().in.messages, ms)
    },
    state: () => ({ behind: behind(session) }),
    /** Microseconds a row to count 10,000 topics of a million rows; milliseconds of an answer in which all have changed; of a plot of a million points. */
    alone() {
      const journal = new JournalPool(512 * 1024 * 1024).open()
      const topics = Array.from({ length: 10_000 }, (_, n) => Buffer.from(`plant/line${n % 100}/machine/${n}`))
      const payload = Buffer.alloc(80)
      for (let n = 0; n < 1_000_000; n++) journal.append('in', [topics[n % 10_000]!, payload], { time: n / 100 })
      const table = new Topics(journal)
      let at = performance.now()
      let answer = table.changes(0, 0)
      while (answer.behind > 0) answer = table.changes(answer.revision, answer.known)
      const row = (performance.now() - at) / 1000
      for (const topic of topics) journal.append('in', [topic, payload], { time: 20_000 })
      at = performance.now()
      const all = table.changes(answer.revision, answer.known)
      const changed = performance.now() - at
      const points = new Points()
      for (let n = 0; n < 1_000_000; n++) points.add(n, Math.sin(n / 1000))
      at = performance.now()
      for (let i = 0; i < 20; i++) decimate(points, i, 1_000_000 - i, 1000)
      return { row, changed, bytes: all.entries.byteLength, plot: (performance.now() - at) / 20 }
    },
    close: () => engine.close(),
  }
}
