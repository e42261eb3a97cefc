import { median, ratios, short, spread, table, type Bar } from './figures.js'
import { Part } from './part.js'
import type { Trips } from './parts/trips.js'
import { using, type Report, type SuiteOptions } from './suite.js'

/** Trips in one go, and such goes in a round: many short ones, so that what slows the machine for a while slows all pairs. */
const TRIPS = 600
const GOES = 5

/** Asking side and answering side: the ends that the bar is about, then each of ours against raw zeromq.js. */
const PAIRS = [
  ['engine', 'engine'],
  ['raw', 'raw'],
  ['engine', 'raw'],
  ['raw', 'engine'],
  ['raw', 'router'],
] as const

/** A question and its answer between two processes, 100 B each way. */
export async function requestReply({ rounds }: SuiteOptions): Promise<Report> {
  const pairs = PAIRS.map(([asks, answers]) => ({
    name: `${asks} asks ${answers}`,
    ask: Part.node(`ask-${asks}`),
    answer: Part.node(`answer-${answers}`),
    found: [] as Trips[],
  }))
  const [engine, raw] = pairs as [(typeof pairs)[0], (typeof pairs)[0]]
  const router = pairs.at(-1)!
  await using(
    pairs.flatMap(({ ask, answer }) => [ask, answer]),
    async () => {
      for (const { ask, answer } of pairs) await ask.tell('open', await answer.tell<{ port: number }>('open'))
      for (let go = 0; go < rounds * GOES; go++) {
        for (const { ask, found } of go % 2 === 0 ? pairs : [...pairs].reverse())
          found.push(await ask.tell<Trips>('measure', { count: TRIPS }))
      }
    },
  )
  const figure = (pair: typeof engine, name: keyof Trips) => pair.found.map((trips) => trips[name])
  const ratio = (pair: typeof engine, name: keyof Trips) => ratios(figure(pair, name), figure(raw, name))
  const rows = pairs.map((pair) => [
    pair.name,
    ...(['p50', 'p99', 'cpu'] as const).map((name) => short(median(figure(pair, name)))),
    spread(ratio(pair, 'p50')),
    short(median(ratio(pair, 'p99'))),
  ])
  const bar: Bar = {
    what: 'request-reply p50 ÷ raw zeromq.js',
    value: median(ratio(engine, 'p50')),
    limit: 1.5,
    unit: '×',
  }
  const ofRouter: Bar = {
    what: 'request-reply p50 ÷ bare REQ/ROUTER of zeromq.js',
    value: median(ratios(figure(engine, 'p50'), figure(router, 'p50'))),
    limit: 1.25,
    unit: '×',
  }
  return {
    text: [
      'Request-reply round trip between two processes, µs',
      table([['', 'p50', 'p99', 'CPU of the client', 'p50 ÷ raw', 'p99 ÷ raw'], ...rows]),
    ].join('\n'),
    bars: [bar, ofRouter],
    data: Object.fromEntries(pairs.map((pair) => [pair.name, pair.found])),
  }
}
