import { median, ratios, short, table, type Bar } from './figures.js'
import { Part } from './part.js'
import type { Trips } from './parts/trips.js'
import { using, type Report, type SuiteOptions } from './suite.js'

const TRIPS = 3000

/** A question and its answer between two processes, 100 B each way. */
export async function requestReply({ rounds }: SuiteOptions): Promise<Report> {
  const pairs = ['engine', 'raw'].map((name) => ({
    name,
    ask: Part.node(`ask-${name}`),
    answer: Part.node(`answer-${name}`),
    found: [] as Trips[],
  }))
  await using(
    pairs.flatMap(({ ask, answer }) => [ask, answer]),
    async () => {
      for (const { ask, answer } of pairs) await ask.tell('open', await answer.tell<{ port: number }>('open'))
      for (let round = 0; round < rounds; round++) {
        for (const { ask, found } of pairs) found.push(await ask.tell<Trips>('measure', { count: TRIPS }))
        pairs.reverse()
      }
    },
  )
  const found = Object.fromEntries(pairs.map((pair) => [pair.name, pair.found])) as Record<'engine' | 'raw', Trips[]>
  const compare = (figure: keyof Trips) => {
    const [engine, raw] = [found.engine.map((t) => t[figure]), found.raw.map((t) => t[figure])]
    return { engine: median(engine), raw: median(raw), ratio: median(ratios(engine, raw)) }
  }
  const figures = { p50: compare('p50'), p99: compare('p99'), 'CPU of the client': compare('cpu') }
  const rows = Object.entries(figures).map(([name, f]) => [name, short(f.engine), short(f.raw), short(f.ratio)])
  const bar: Bar = { what: 'request-reply p50 ÷ raw zeromq.js', value: figures.p50.ratio, limit: 1.5, unit: '×' }
  return {
    text: `Request-reply round trip, µs\n${table([['', 'engine', 'raw', 'engine ÷ raw'], ...rows])}`,
    bars: [bar],
    data: found,
  }
}
