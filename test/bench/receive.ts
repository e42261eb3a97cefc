import { fileURLToPath } from 'node:url'
import { median, ratios, short, spread, table, type Bar } from './figures.js'
import { Part } from './part.js'
import type { Window } from './parts/measure.js'
import { using, type Report, type SuiteOptions } from './suite.js'

const SCRIPT = fileURLToPath(new URL('../../test/bench/receive.py', import.meta.url))
/** Milliseconds before a window and of a window. */
const WINDOW = { warm: 150, ms: 400 }
const SIZES = [16, 100, 1024, 65_536]
/** The size that the bars are about. */
const JUDGED = 100
/** Messages a second that are no flood. */
const PACES = [10_000, 100_000]
/** Share of its time that a sender waits for its receiver; below that, the sender is what was measured. */
const SENDER_WAITS = 0.1

type Sample = Window & { readonly sender: number }
type Samples = Record<string, Sample[]>

/** PUSH → PULL as fast as they are taken. */
export async function receive(options: SuiteOptions): Promise<Report> {
  const found: Record<number, Samples> = {}
  const parts = start(options)
  await using([...Object.values(parts.receivers), parts.sender], async () => {
    for (const size of SIZES) found[size] = await compare(options.rounds, parts, size, 0)
  })
  const rows = SIZES.map((size) => {
    const samples = found[size]!
    const { engine, raw } = samples as { engine: Sample[]; raw: Sample[] }
    return [
      sizeName(size),
      ...Object.values(samples).map((of) => cell(of)),
      spread(ratios(engine.map(rate), raw.map(rate))),
      short(median(ratios(engine.map(cost), raw.map(cost)))),
      samples['pyzmq'] === undefined ? '–' : short(median(ratios(engine.map(rate), samples['pyzmq'].map(rate)))),
      short(Math.max(...engine.map((s) => s.block ?? 0))),
      short(Math.max(...raw.map((s) => s.block ?? 0))),
    ]
  })
  const names = Object.keys(parts.receivers)
  const heads = ['size', ...names, 'rate ÷ raw', 'CPU ÷ raw', 'rate ÷ pyzmq', 'block', 'raw block']
  const text = [
    'Receiving, PUSH → PULL over tcp: thousand messages a second (µs of CPU per message); medians, ratios with their lowest and highest;',
    'block: the longest of the event loop, ms. Engine: socket to journal, a view attached. * = the sender was the limit, not the receiver.',
    table([heads, ...rows]),
    ...(options.python === undefined ? ['pyzmq: skipped, no Python here has it (apt install python3-zmq).'] : []),
  ].join('\n')
  const judged = found[JUDGED]! as { engine: Sample[]; raw: Sample[] }
  const floods = Object.values(found).flatMap((samples) => samples['engine']!.map((s) => s.block ?? 0))
  const bars: Bar[] = [
    {
      what: `rate of the engine ÷ raw receive() loop, ${JUDGED} B`,
      value: median(ratios(judged.engine.map(rate), judged.raw.map(rate))),
      limit: 1,
      atLeast: true,
      unit: '×',
    },
    {
      what: `CPU per message of the engine ÷ raw receive() loop, ${JUDGED} B`,
      value: median(ratios(judged.engine.map(cost), judged.raw.map(cost))),
      limit: 1.2,
      unit: '×',
    },
    { what: 'longest block of the event loop in a flood', value: Math.max(...floods), limit: 50, unit: ' ms' },
  ]
  return { text, bars, data: found }
}

/** PUSH → PULL at a rate that leaves time to rest: what the engine costs when nothing is the matter. */
export async function paced(options: SuiteOptions): Promise<Report> {
  const found: Record<number, Samples> = {}
  const parts = start(options)
  await using([...Object.values(parts.receivers), parts.sender], async () => {
    for (const pace of PACES) found[pace] = await compare(options.rounds, parts, JUDGED, pace)
  })
  const rows = PACES.map((pace) => {
    const samples = found[pace]!
    const [engine, raw] = [samples['engine']!, samples['raw']!]
    return [
      `${pace / 1000} k/s`,
      ...Object.values(samples).map((of) => `${short(median(of.map(rate)) / 1000)} (${short(median(of.map(cost)))})`),
      spread(ratios(engine.map(cost), raw.map(cost))),
      short(Math.max(...engine.map((s) => s.block ?? 0))),
      short(Math.max(...raw.map((s) => s.block ?? 0))),
    ]
  })
  const text = [
    `The same, ${JUDGED} B, at a given rate, a handful each millisecond:`,
    table([['rate', ...Object.keys(parts.receivers), 'CPU ÷ raw', 'block', 'raw block'], ...rows]),
  ].join('\n')
  return { text, bars: [], data: found }
}

function start({ python }: SuiteOptions) {
  return {
    sender: Part.node('sender'),
    receivers: {
      engine: Part.node('receive-engine'),
      raw: Part.node('receive-raw'),
      ...(python === undefined ? {} : { pyzmq: Part.python(python, SCRIPT) }),
    } as Record<string, Part>,
  }
}

/** Every receiver once a round, in turns from either end. */
async function compare(rounds: number, parts: ReturnType<typeof start>, size: number, rate: number): Promise<Samples> {
  const samples: Samples = Object.fromEntries(Object.keys(parts.receivers).map((name) => [name, []]))
  const order = Object.entries(parts.receivers)
  for (let round = 0; round < rounds; round++) {
    for (const [name, receiver] of order) {
      const { port } = await receiver.tell<{ port: number }>('open')
      await parts.sender.tell('start', { port, size, rate })
      const window = await receiver.tell<Window>('measure', WINDOW)
      const { waited } = await parts.sender.tell<{ waited: number }>('stop')
      await receiver.tell('close')
      samples[name]!.push({ ...window, sender: waited })
    }
    order.reverse()
  }
  return samples
}

const rate = (sample: Sample) => (sample.messages / sample.ms) * 1000
const cost = (sample: Sample) => sample.cpu / sample.messages

function cell(samples: readonly Sample[]): string {
  const limited = median(samples.map((s) => s.sender)) < SENDER_WAITS
  return `${short(median(samples.map(rate)) / 1000)} (${short(median(samples.map(cost)))})${limited ? '*' : ' '}`
}

function sizeName(size: number): string {
  return size < 1024 ? `${size} B` : `${size / 1024} KB`
}
