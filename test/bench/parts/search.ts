import { setImmediate as turn } from 'node:timers/promises'
import type { Filter } from '../../../src-main/contract/index.js'
import { Engine } from '../../../src-main/engine/engine.js'
import { JournalPool, type Journal } from '../../../src-main/engine/journal.js'
import { search } from '../../../src-main/engine/search.js'
import type { Commands } from '../part.js'
import { boundPort, openSession } from './engine.js'
import { LoopWatch } from './loop-watch.js'

const ROWS = 1_000_000
const PAGES = 200

/** What a search through all rows took, milliseconds. */
export interface Searched {
  readonly found: number
  /** Until the first row was found. */
  readonly first: number
  /** CPU while it searched (libzmq's thread included), and from beginning to end. */
  readonly busy: number
  readonly all: number
  /** Longest block of the event loop. */
  readonly block: number
}

/** A million rows of about 100 bytes, and a sink beside them that goes on receiving. */
export function searching(): Commands {
  let engine: Engine
  let journal: Journal
  return {
    async open() {
      engine = new Engine()
      const sink = await openSession(engine, {
        role: 'sink',
        endpoints: [{ method: 'bind', address: 'tcp://127.0.0.1:*' }],
      })
      journal = new JournalPool(1024 ** 3).open()
      for (let n = 1; n <= ROWS; n++) {
        const topic = Buffer.from(`vehicle/${n % 50}/state`)
        const gear = n % 100_000 === 50_000 ? 'Reverse' : 'Drive'
        const text = `{"n":${n},"t":${1.79e12 + n},"speed":${(n % 4000) / 100},"gear":"${gear}","x":${n / 8}}`
        journal.append('in', [topic, Buffer.from(text.padEnd(86))], { time: n, source: n % 3 })
      }
      return { port: boundPort(sink) }
    },
    async search({ filter }: { filter: Filter }): Promise<Searched> {
      const loop = new LoopWatch()
      const began = performance.now()
      let [found, first, busy, from] = [0, 0, 0, 1]
      for (;;) {
        const cpu = process.cpuUsage()
        const answer = search(journal, filter, from)
        const { user, system } = process.cpuUsage(cpu)
        busy += (user + system) / 1000
        found += answer.seqs.byteLength / 8
        if (found > 0 && first === 0) first = performance.now() - began
        if (answer.done) return { found, first, busy, all: performance.now() - began, block: loop.end() }
        from = answer.next
        await turn()
      }
    },
    /** Milliseconds of each of some pages of 50 rows, from anywhere. */
    pages: () =>
      Array.from({ length: PAGES }, () => {
        const from = 1 + Math.floor(Math.random() * (ROWS - 50))
        const at = performance.now()
        journal.page(from, 50, 512)
        return performance.now() - at
      }),
    close: () => engine.close(),
  }
}
