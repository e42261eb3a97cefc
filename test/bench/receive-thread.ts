import { fileURLToPath } from 'node:url'
import { compileC } from './compile-c.js'
import { median, ratios, short, spread, table, type Bar } from './figures.js'
import { Part } from './part.js'
import type { Span, Window } from './parts/measure.js'
import { using, type Report, type SuiteOptions } from './suite.js'

const SCRIPT = fileURLToPath(new URL('../../test/bench/receive.py', import.meta.url))
/** The blocks of loops are not looked for: a thousand looks a second would run beside the thread that is measured, and none beside pyzmq's and C's. */
const WINDOW: Span = { warm: 150, ms: 400, unwatched: true }
/** Where nobody looks: longer, since the little that it does is what is sought. */
const UNSEEN: Span = { ...WINDOW, warm: 300, ms: 2000 }
/** What the thread's rate is to be of a raw receive() loop's, by bytes of a message; and of what at this size. */
const RATES: Readonly<Record<number, number>> = { 16: 3.5, 100: 3.5, 1024: 1.8, 65_536: 1 }
const JUDGED = 100
/**
 * What is held against loops that keep nothing of what they receive: the thread in an app that has listened for a while, whose journal is full and uses its memory again. One that begins takes up to
 * half a gigabyte a second anew from the system, which costs about a sixth of its rate; that one is held against zeromq.js.
 */
const LISTENED = 'full journal'
const OF_PYZMQ = 0.8
const OF_C = 0.5
const OF_RAW_BROADCAST = 2.5
/** What its CPU per message is to be of a raw loop's, by messages a second. */
const COSTS: Readonly<Record<number, number>> = { 10_000: 1.5, 100_000: 0.6 }
/** Messages a second while nobody looks, and how busy the event loop may be then. */
const HIDDEN = { rate: 1_000_000, busy: 0.05 }

type Samples = Record<string, Window[]>

/** The receiving thread, socket to journal: beside zeromq.js, pyzmq and C in floods; what it costs at rates that leave time to rest; and how little of it the main thread feels. */
export async function receiveThread({ rounds, python }: SuiteOptions): Promise<Report> {
  const c = compileC('receive')
  const sender = Part.node('sender')
  const receivers = {
    thread: Part.node('receive-thread'),
    [LISTENED]: Part.node('receive-thread-full'),
    raw: Part.node('receive-raw'),
    ...(python === undefined ? {} : { pyzmq: Part.python(python, SCRIPT) }),
    ...('program' in c ? { C: Part.program(c.program) } : {}),
  }
  const hearing = { thread: Part.node('hear-thread'), raw: Part.node('hear-raw') }
  const hidden = { thread: Part.node('receive-thread-hidden') }
  const { thread, raw } = receivers
  const all = [sender, ...Object.values(receivers), ...Object.values(hearing), ...Object.values(hidden)]
  const floods: Record<number, Samples> = {}
  const paces: Record<number, Samples> = {}
  let heard: Samples = {}
  let unseen: Samples = {}
  await using(all, async () => {
    for (const size of Object.keys(RATES).map(Number)) floods[size] = await compare(rounds, sender, receivers, { size })
    heard = await compare(rounds, sender, hearing, { size: JUDGED, type: 'PUB', before: [13, 8] })
    for (const rate of Object.keys(COSTS).map(Number))
      paces[rate] = await compare(rounds, sender, { thread, raw }, { size: JUDGED, rate })
    unseen = await compare(rounds, sender, hidden, { size: JUDGED, rate: HIDDEN.rate }, UNSEEN)
  })
  const faster = (samples: Samples, than: string, which = 'thread') =>
    ratios(samples[which]!.map(rateOf), (samples[than] ?? []).map(rateOf))
  const costs = (samples: Samples) => ratios(samples['thread']!.map(costOf), samples['raw']!.map(costOf))
  const judged = floods[JUDGED]!
  const busy = median(unseen['thread']!.map((sample) => sample.busy ?? 1))
  // What it waits for a core is no work of its own: on two cores it waits for sender, libzmq and receiving thread.
  const ran = median(unseen['thread']!.map((sample) => sample.ran ?? sample.busy ?? 1))
  const rows = [
    ...Object.entries(floods).map(([size, samples]) => ({ name: `PULL ${sizeName(Number(size))}`, samples })),
    { name: `SUB 13 + 8 + ${JUDGED} B`, samples: heard },
    ...Object.entries(paces).map(([rate, samples]) => ({
      name: `PULL ${JUDGED} B, ${Number(rate) / 1000} k/s`,
      samples,
    })),
  ]
  const names = Object.keys(receivers)
  const text = [
    'The receiving thread, socket to journal, a view attached: thousand messages a second (µs of CPU per message); medians, ratios with their lowest and highest.',
    table([
      ['', ...names, 'rate ÷ raw', 'CPU ÷ raw', 'thread’s main loop busy'],
      ...rows.map(({ name, samples }) => [
        name,
        ...names.map((of) => cell(samples[of])),
        spread(faster(samples, 'raw')),
        spread(costs(samples)),
        short(median(samples['thread']!.map((sample) => sample.busy ?? 1))),
      ]),
    ]),
    `Nobody looks, ${HIDDEN.rate / 1000} k/s asked for: ${cell(unseen['thread'])}, main loop busy or waiting for a core ${short(busy)} of the time, running ${short(ran)}`,
    ...(python === undefined ? ['pyzmq: skipped, no Python here has it (apt install python3-zmq).'] : []),
    ...('lacking' in c ? [`C: skipped, ${c.lacking}.`] : []),
  ].join('\n')
  const times = { unit: '×', atLeast: true }
  const bars: Bar[] = [
    ...Object.entries(RATES).map(([size, limit]) => ({
      what: `rate of the thread ÷ raw receive() loop, ${sizeName(Number(size))}`,
      value: median(faster(floods[Number(size)]!, 'raw')),
      limit,
      ...times,
    })),
    ...(judged['pyzmq'] === undefined
      ? []
      : [
          {
            what: `rate of the thread ÷ pyzmq loop, ${JUDGED} B, journal full`,
            value: median(faster(judged, 'pyzmq', LISTENED)),
            limit: OF_PYZMQ,
            ...times,
          },
        ]),
    ...(judged['C'] === undefined
      ? []
      : [
          {
            what: `rate of the thread ÷ C loop, ${JUDGED} B, journal full`,
            value: median(faster(judged, 'C', LISTENED)),
            limit: OF_C,
            ...times,
          },
        ]),
    {
      what: 'rate of the thread ÷ raw receive() loop, SUB, three frames',
      value: median(faster(heard, 'raw')),
      limit: OF_RAW_BROADCAST,
      ...times,
    },
    ...Object.entries(COSTS).map(([rate, limit]) => ({
      what: `CPU per message of the thread ÷ raw receive() loop, ${JUDGED} B at ${Number(rate) / 1000} k/s`,
      value: median(costs(paces[Number(rate)]!)),
      limit,
      unit: '×',
    })),
    {
      what: `share of its time that the main loop runs at ${HIDDEN.rate / 1000} k/s, nobody looking`,
      value: ran,
      limit: HIDDEN.busy,
      unit: '',
    },
  ]
  return { text, bars, data: { floods, heard, paces, unseen } }
}

/** Every receiver once a round, in turns from either end. */
async function compare(
  rounds: number,
  sender: Part,
  receivers: Readonly<Record<string, Part>>,
  sent: { size: number; rate?: number; type?: 'PUB'; before?: readonly number[] },
  span = WINDOW,
): Promise<Samples> {
  const samples: Samples = Object.fromEntries(Object.keys(receivers).map((name) => [name, []]))
  const order = Object.entries(receivers)
  for (let round = 0; round < rounds; round++) {
    for (const [name, receiver] of order) {
      const { port } = await receiver.tell<{ port: number }>('open')
      await sender.tell('start', { port, rate: 0, ...sent })
      samples[name]!.push(await receiver.tell<Window>('measure', span))
      await sender.tell('stop')
      await receiver.tell('close')
    }
    order.reverse()
  }
  return samples
}

const rateOf = (sample: Window) => (sample.messages / sample.ms) * 1000
const costOf = (sample: Window) => sample.cpu / sample.messages

function cell(samples: readonly Window[] | undefined): string {
  if (samples === undefined) return '–'
  return `${short(median(samples.map(rateOf)) / 1000)} (${short(median(samples.map(costOf)))})`
}

function sizeName(size: number): string {
  return size < 1024 ? `${size} B` : `${size / 1024} KB`
}
