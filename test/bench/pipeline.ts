import { median, ratios, short, spread, table } from './figures.js'
import { Part } from './part.js'
import type { Chain } from './parts/pipeline.js'
import { using, type Report, type SuiteOptions } from './suite.js'

/** Tasks of one measurement, before it, and bytes of each without its id. */
const TASKS = 100_000
const WARM = 20_000
const SIZE = 100

/** Ventilator → three workers → sink in one process: ours with its audit, and zeromq.js alone. */
export async function pipeline({ rounds }: SuiteOptions): Promise<Report> {
  const parts = { engine: Part.node('pipeline-engine'), raw: Part.node('pipeline-raw') }
  const found: { engine: Chain[]; raw: Chain[] } = { engine: [], raw: [] }
  await using(Object.values(parts), async () => {
    const order: (keyof typeof parts)[] = ['engine', 'raw']
    for (let round = 0; round < rounds; round++) {
      for (const name of order) {
        await parts[name].tell('open')
        await parts[name].tell('run', { count: WARM, size: SIZE })
        const chain = await parts[name].tell<Chain>('run', { count: TASKS, size: SIZE })
        await parts[name].tell('close')
        if (chain.collected !== TASKS) throw new Error(`${name} collected ${chain.collected} of ${TASKS}.`)
        found[name].push(chain)
      }
      order.reverse()
    }
  })
  const rate = ({ ms }: Chain) => (TASKS / ms) * 1000
  const cost = ({ cpu }: Chain) => cpu / TASKS
  const rates = ratios(found.engine.map(rate), found.raw.map(rate))
  const cell = (chains: readonly Chain[]) =>
    `${short(median(chains.map(rate)) / 1000)} (${short(median(chains.map(cost)))})`
  const text = [
    `Ventilator → 3 workers → sink in one process over tcp, ${SIZE} B: thousand tasks a second (µs of CPU a task); medians. Engine: audited, all kept.`,
    table([
      ['', 'engine', 'raw', 'rate ÷ raw', 'CPU ÷ raw'],
      [
        'chain',
        cell(found.engine),
        cell(found.raw),
        spread(rates),
        short(median(ratios(found.engine.map(cost), found.raw.map(cost)))),
      ],
    ]),
  ].join('\n')
  return {
    text,
    bars: [
      {
        what: `tasks a second through the engine's chain ÷ raw zeromq.js, ${SIZE} B`,
        value: median(rates),
        limit: 0.7,
        atLeast: true,
        unit: '×',
      },
    ],
    data: found,
  }
}
