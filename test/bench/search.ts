import type { Filter } from '../../src-main/contract/index.js'
import { median, short, table, type Bar } from './figures.js'
import { Part } from './part.js'
import type { Searched } from './parts/search.js'
import { using, type Report, type SuiteOptions } from './suite.js'

/** Messages a second that come in meanwhile. */
const MEANWHILE = 20_000

/** Each with whether the bars are about it. */
const FILTERS: readonly [name: string, filter: Filter, judged: boolean][] = [
  ['text, rare', { text: 'REVERSE' }, true],
  ['text, not there', { text: 'no such thing' }, true],
  ['text, everywhere', { text: 'drive' }, true],
  ['text, Chinese', { text: '倒车' }, true],
  ['topic prefix', { topic: 'vehicle/7/' }, true],
  ['source and size', { notSources: [1], minSize: 90 }, true],
  ['JSON number', { json: { path: 'speed', is: '>', value: '39.9' } }, true],
  ['regex with a word', { regex: 'gear":"R[a-z]+' }, true],
  ['regex without', { regex: '[0-9]+\\.9{3}' }, true],
  ['regex, everywhere', { regex: '[a-z]+":[0-9]+' }, true],
  ['regex, for RE2', { regex: '\\b[0-9]+\\.9{3}' }, false],
]

/** Filters over a million rows of about 100 bytes, while others come in; and pages. */
export async function searches({ rounds }: SuiteOptions): Promise<Report> {
  const part = Part.node('search')
  const sender = Part.node('sender')
  const found: Record<string, Searched[]> = {}
  let pages: number[] = []
  await using([part, sender], async () => {
    const { port } = await part.tell<{ port: number }>('open')
    await sender.tell('start', { port, size: 100, rate: MEANWHILE })
    for (let round = 0; round < rounds; round++)
      for (const [name, filter] of FILTERS) (found[name] ??= []).push(await part.tell<Searched>('search', { filter }))
    pages = await part.tell<number[]>('pages')
    await sender.tell('stop')
    await part.tell('close')
  })
  const figure = (name: string, of: keyof Searched) => median((found[name] ?? []).map((each) => each[of]))
  const rows = FILTERS.map(([name]) => [
    name,
    ...(['found', 'first', 'busy', 'all', 'block'] as const).map((of) => short(figure(name, of))),
  ])
  const judged = FILTERS.filter(([, , bar]) => bar).map(([name]) => name)
  const bars: Bar[] = [
    {
      what: 'all matches of a filter over 1 M rows, CPU',
      value: Math.max(...judged.map((name) => figure(name, 'busy'))),
      limit: 1000,
      unit: ' ms',
    },
    {
      what: 'all matches of a filter over 1 M rows, from beginning to end',
      value: Math.max(...judged.map((name) => figure(name, 'all'))),
      limit: 1000,
      unit: ' ms',
    },
    { what: 'first match of a filter (rare text)', value: figure('text, rare', 'first'), limit: 100, unit: ' ms' },
    {
      what: 'page of 50 rows of a million, p90',
      value: pages.toSorted((a, b) => a - b)[Math.floor(pages.length * 0.9)] ?? NaN,
      limit: 2,
      unit: ' ms',
    },
  ]
  return {
    text: [
      `Filters over 1 M rows of 2 frames and 100 B, ${MEANWHILE / 1000} k/s coming in meanwhile, ms; medians`,
      table([['', 'found', 'first', 'searching', 'all', 'block'], ...rows]),
    ].join('\n'),
    bars,
    data: { found, pages },
  }
}
