import { median, short, table, type Bar } from './figures.js'
import { Part } from './part.js'
import type { Load } from './parts/radio.js'
import { using, type Report, type SuiteOptions } from './suite.js'

const WINDOW = { ms: 1500 }
const RATE = 20_000
const MOST = 50_000

interface Alone {
  readonly row: number
  readonly changed: number
  readonly bytes: number
  readonly plot: number
}

/** What a subscriber does besides receiving, and what a publisher makes up. */
export async function radio({ rounds }: SuiteOptions): Promise<Report> {
  const receiver = Part.node('radio-receiver')
  const sender = Part.node('radio-sender')
  const cases = {
    'receiving only': { signals: 0, gaps: false },
    '4 JSON signals': { signals: 4, gaps: false },
    'gaps and delays': { signals: 0, gaps: true },
  }
  const found: Record<string, Load[]> = {}
  const made: (Load & { skipped: number })[] = []
  const alone: Alone[] = []
  let behind = 0
  await using([receiver, sender], async () => {
    for (let round = 0; round < Math.min(rounds, 3); round++) alone.push(await receiver.tell<Alone>('alone'))
    await receiver.tell('open', await sender.tell<{ port: number }>('open'))
    await sender.tell('generate', { rate: RATE, topics: 4 })
    for (let round = 0; round < rounds; round++)
      for (const [name, settings] of Object.entries(cases)) {
        await receiver.tell('set', settings)
        ;(found[name] ??= []).push(await receiver.tell<Load>('measure', WINDOW))
        behind = Math.max(behind, (await receiver.tell<{ behind: number }>('state')).behind)
      }
    await receiver.tell('close')
    await sender.tell('generate', { rate: MOST, topics: 10 })
    for (let round = 0; round < rounds; round++)
      made.push(await sender.tell<Load & { skipped: number }>('measure', WINDOW))
    await sender.tell('close')
  })
  const of = (loads: readonly Load[] | undefined, name: keyof Load) => median((loads ?? []).map((each) => each[name]))
  const line = (name: string, loads: readonly Load[] | undefined) => [
    name,
    short(of(loads, 'rate') / 1000),
    short(of(loads, 'cpu') * 100),
    short(of(loads, 'block')),
  ]
  const figure = (name: keyof Alone) => median(alone.map((each) => each[name]))
  const bars: Bar[] = [
    {
      what: `4 JSON signals at ${RATE / 1000} k/s, of one core`,
      value: of(found['4 JSON signals'], 'cpu') * 100,
      limit: 60,
      unit: ' %',
    },
    {
      what: `generator at ${MOST / 1000} kHz, of its rate`,
      value: (of(made, 'rate') / MOST) * 100,
      limit: 99,
      atLeast: true,
      unit: ' %',
    },
    { what: 'answer in which 10,000 topics changed', value: figure('changed'), limit: 25, unit: ' ms' },
  ]
  return {
    text: [
      'Radio, whole process: thousand messages a second, % of one core, longest block of the event loop in ms',
      table([
        ['', 'k/s', 'CPU', 'block'],
        ...Object.keys(cases).map((name) => line(name, found[name])),
        line('generator, 10 vehicles', made),
      ]),
      `Most rows that signals were behind after a window: ${behind}; messages that the generator left out: ${Math.max(...made.map((m) => m.skipped))}.`,
      `Topics: ${short(figure('row'))} µs a row; 10,000 changed: ${short(figure('changed'))} ms, ${short(figure('bytes') / 1024)} KB. A plot of 1 M points at 1000 pixels: ${short(figure('plot'))} ms.`,
    ].join('\n'),
    bars,
    data: { found, made, alone },
  }
}
