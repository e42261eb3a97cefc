import { fileURLToPath } from 'node:url'
import { compileC } from './compile-c.js'
import { median, ratios, short, spread, table, type Bar } from './figures.js'
import { Part } from './part.js'
import type { Window } from './parts/measure.js'
import { using, type Report, type SuiteOptions } from './suite.js'

const SCRIPT = fileURLToPath(new URL('../../test/bench/receive.py', import.meta.url))
/** Milliseconds before a window and of a window. */
const WINDOW = { warm: 150, ms: 400 }
/** The same at a given rate: in 400 ms at 10 k/s V8 would still be compiling what is measured. */
const PACED = { warm: 500, ms: 1500 }
const SIZES = [16, 100, 1024, 65_536]
/** The size that most bars are about, and what the engine's CPU per message may be of a raw loop's, by size in a flood and by rate. */
const JUDGED = 100
const FLOODED: Readonly<Record<number, number>> = { 100: 1.1, 1024: 1.2 }
/** Messages a second that are no flood. */
const PACES: Readonly<Record<number, number>> = { 10_000: 1.5, 100_000: 1.3 }
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
      `${short(costs(samples))} (${short(costs(samples, 'full journal'))})`,
      spread(ratios(engine.map(rate), samples['for await']!.map(rate))),
      samples['pyzmq'] === undefined ? '–' : short(median(ratios(engine.map(rate), samples['pyzmq'].map(rate)))),
      short(Math.max(...engine.map((s) => s.block ?? 0))),
      short(Math.max(...raw.map((s) => s.block ?? 0))),
    ]
  })
  const names = Object.keys(parts.receivers)
  const heads = [
    'size',
    ...names,
    'rate ÷ raw',
    'CPU ÷ raw (full)',
    'rate ÷ for await',
    'rate ÷ pyzmq',
    'block',
    'raw block',
  ]
  const text = [
    'Receiving, PUSH → PULL over tcp: thousand messages a second (µs of CPU per message); medians, ratios with their lowest and highest;',
    'block: the longest of the event loop, ms. Engine: socket to journal by the portable driver, a view attached; its memory is new, or the journal is full and its memory used again. * = the sender was the limit, not the receiver.',
    table([heads, ...rows]),
    ...parts.skipped,
  ].join('\n')
  const judged = found[JUDGED]!
  const floods = Object.values(found).flatMap((samples) => samples['engine']!.map((s) => s.block ?? 0))
  const bars: Bar[] = [
    {
      what: `rate of the engine ÷ for await, ${JUDGED} B`,
      value: median(ratios(judged['engine']!.map(rate), judged['for await']!.map(rate))),
      limit: 1.1,
      atLeast: true,
      unit: '×',
    },
    ...Object.entries(FLOODED).map(([size, limit]) => ({
      what: `CPU per message of the engine, its journal full, ÷ raw receive() loop, ${sizeName(Number(size))} in a flood`,
      value: costs(found[Number(size)]!, 'full journal'),
      limit,
      unit: '×',
    })),
    { what: 'longest block of the event loop in a flood', value: Math.max(...floods), limit: 50, unit: ' ms' },
  ]
  return { text, bars, data: found }
}

/** PUSH → PULL at a rate that leaves time to rest: what the engine costs when nothing is the matter. */
export async function paced(options: SuiteOptions): Promise<Report> {
  const found: Record<number, Samples> = {}
  const parts = start(options)
  await using([...Object.values(parts.receivers), parts.sender], async () => {
    for (const pace of Object.keys(PACES).map(Number))
      found[pace] = await compare(options.rounds, parts, JUDGED, pace, PACED)
  })
  const rows = Object.keys(PACES)
    .map(Number)
    .map((pace) => {
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
  const bars: Bar[] = Object.entries(PACES).map(([pace, limit]) => ({
    what: `CPU per message of the engine ÷ raw receive() loop, ${JUDGED} B at ${Number(pace) / 1000} k/s`,
    value: costs(found[Number(pace)]!),
    limit,
    unit: '×',
  }))
  return { text, bars, data: found }
}

function start({ python }: SuiteOptions) {
  const c = compileC('receive')
  const receivers: Record<string, Part> = {
    engine: Part.node('receive-engine'),
    'full journal': Part.node('receive-full'),
    raw: Part.node('receive-raw'),
    'for await': Part.node('receive-for-await'),
    ...(python === undefined ? {} : { pyzmq: Part.python(python, SCRIPT) }),
    ...('program' in c ? { C: Part.program(c.program) } : {}),
  }
  const skipped = [
    ...(python === undefined ? ['pyzmq: skipped, no Python here has it (apt install python3-zmq).'] : []),
    ...('lacking' in c ? [`C: skipped, ${c.lacking}.`] : []),
  ]
  return { sender: Part.node('sender'), receivers, skipped }
}

/** Every receiver once a round, in turns from either end. */
async function compare(
  rounds: number,
  parts: ReturnType<typeof start>,
  size: number,
  rate: number,
  span = WINDOW,
): Promise<Samples> {
  const samples: Samples = Object.fromEntries(Object.keys(parts.receivers).map((name) => [name, []]))
  const order = Object.entries(parts.receivers)
  for (let round = 0; round < rounds; round++) {
    for (const [name, receiver] of order) {
      const { port } = await receiver.tell<{ port: number }>('open')
      await parts.sender.tell('start', { port, size, rate })
      const window = await receiver.tell<Window>('measure', span)
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
const costs = (of: Samples, who = 'engine') => median(ratios(of[who]!.map(cost), of['raw']!.map(cost)))

function cell(samples: readonly Sample[]): string {
  const limited = median(samples.map((s) => s.sender)) < SENDER_WAITS
  return `${short(median(samples.map(rate)) / 1000)} (${short(median(samples.map(cost)))})${limited ? '*' : ' '}`
}

function sizeName(size: number): string {
  return size < 1024 ? `${size} B` : `${size / 1024} KB`
}
