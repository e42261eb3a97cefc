import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ReplayInfo } from '../../src-main/contract/index.js'
import { median, short, type Bar } from './figures.js'
import { Part } from './part.js'
import type { Opened, Scanned, Taken } from './parts/recording.js'
import { using, type Report, type SuiteOptions } from './suite.js'

const RATE = 100_000
const SIZE = 100
const SECONDS = 60
/** Share of the rate that the sender has to reach: below that it was measured, and not the recorder. */
const SENT = 0.99
/** ms in which what was sent has to arrive, at the end. */
const ARRIVES = 20_000
/** Of the replay: messages a second, and how many. */
const REPLAYED = 10_000
const REPLAY_SECONDS = 10
/** Of those, how many are waited for without anything to send, beside it. */
const IDLE_SECONDS = 3
/** Of the large file: messages of 1 KiB that cannot be packed. */
const LARGE = 2_400_000

interface Late {
  readonly p50: number
  readonly p99: number
}
type Replayed = ReplayInfo & {
  readonly waited: number
  readonly heard: Late & { readonly messages: number }
  readonly idle: Late
}

/** Recordings: none missing at full rate, scanned, replayed in time, and opened when they are far larger than memory. `--seconds N` records for longer. */
export async function recording({ rounds, seconds = SECONDS }: SuiteOptions): Promise<Report> {
  const folder = mkdtempSync(join(tmpdir(), 'socketeer-bench-'))
  try {
    const taken = await record(folder, seconds)
    const scans: Scanned[] = []
    const scanner = Part.node('recording')
    await using([scanner], async () => {
      for (let round = 0; round < Math.min(rounds, 3); round++)
        scans.push(await scanner.tell<Scanned>('scan', { path: join(folder, 'take.mcap') }))
    })
    rmSync(join(folder, 'take.mcap'))
    const replays: Replayed[] = []
    for (let round = 0; round < Math.min(rounds, 3); round++) replays.push(await replay(folder))
    const opened = await large(folder, Math.min(rounds, 3))
    return report(taken, scans, replays, opened, seconds)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function record(folder: string, seconds: number): Promise<Taken & { sent: number; behind: number }> {
  const recorder = Part.node('recording')
  const sender = Part.node('sender')
  return using([recorder, sender], async () => {
    const { port } = await recorder.tell<{ port: number }>('open', { folder })
    await sender.tell('start', { port, size: SIZE, rate: RATE, type: 'PUB' })
    await pause(seconds * 1000)
    const { sent } = await sender.tell<{ sent: number }>('stop', { whole: true })
    const received = async () => (await recorder.tell<{ received: number }>('received')).received
    const arrived = performance.now()
    while ((await received()) < sent && performance.now() - arrived < ARRIVES) await pause(50)
    const behind = performance.now() - arrived
    const taken = await recorder.tell<Taken>('end')
    await recorder.tell('close')
    return { ...taken, sent, behind }
  })
}

async function replay(folder: string): Promise<Replayed> {
  const path = join(folder, 'even.mcap')
  const player = Part.node('recording')
  const listener = Part.node('recording-listener')
  return using([player, listener], async () => {
    const messages = REPLAYED * REPLAY_SECONDS
    await player.tell('make', { path, messages, size: SIZE, every: 1000 / REPLAYED, random: false })
    const idle = await player.tell<Late>('idle', { messages: REPLAYED * IDLE_SECONDS, every: 1000 / REPLAYED })
    const { port } = await player.tell<{ port: number }>('replay', { path })
    await listener.tell('open', { port })
    await pause(500)
    await player.tell('play')
    const info = await player.tell<ReplayInfo & { waited: number }>('replayed')
    await pause(500)
    const heard = await listener.tell<Replayed['heard']>('heard', { every: 1000 / REPLAYED })
    await player.tell('close')
    rmSync(path)
    return { ...info, heard, idle }
  })
}

/** Each in a process that knows nothing of the file yet. */
async function large(folder: string, rounds: number): Promise<Opened[]> {
  const path = join(folder, 'large.mcap')
  const maker = Part.node('recording')
  await using([maker], () => maker.tell('make', { path, messages: LARGE, size: 1024, every: 0.1, random: true }))
  const opened: Opened[] = []
  for (let round = 0; round < rounds; round++) {
    const looker = Part.node('recording')
    await using([looker], async () => opened.push(await looker.tell<Opened>('look', { path })))
  }
  return opened
}

function report(
  taken: Awaited<ReturnType<typeof record>>,
  scans: readonly Scanned[],
  replays: readonly Replayed[],
  opened: readonly Opened[],
  seconds: number,
): Report {
  const scanned = (what: 'search' | 'topics') => median(scans.map((scan) => (scan.rows / scan[what]) * 1000)) / 1e6
  const first = median(opened.map((each) => each.first))
  const grown = Math.max(...opened.map((each) => each.grownAll))
  const pages = opened.flatMap((each) => each.pages).sort((a, b) => a - b)
  const page = (share: number) => pages[Math.floor(pages.length * share)] ?? NaN
  const late = (share: 'p50' | 'p99') => median(replays.map((each) => each.late[share]))
  const heard = (share: 'p50' | 'p99') => median(replays.map((each) => each.heard[share]))
  const idle = (share: 'p50' | 'p99') => median(replays.map((each) => each.idle[share]))
  const silent = Math.max(...replays.map((each) => each.sent - each.heard.messages))
  const gigabytes = (opened[0]?.bytes ?? NaN) / 1e9
  const bars: Bar[] = [
    {
      what: 'sent, of the rate',
      value: (taken.sent / seconds / RATE) * 100,
      limit: SENT * 100,
      atLeast: true,
      unit: ' %',
    },
    { what: `missing of ${taken.sent} recorded`, value: taken.sent - taken.saved, limit: 0, unit: '' },
    { what: 'scanned, M messages a second', value: scanned('search'), limit: 1, atLeast: true, unit: '' },
    { what: `replay at ${REPLAYED / 1000} k/s, p99 of the timing error`, value: late('p99'), limit: 1, unit: ' ms' },
    { what: `${short(gigabytes)} GB opened, until its first rows`, value: first, limit: 500, unit: ' ms' },
    { what: 'grown by that and 200 pages from anywhere', value: grown, limit: 200, unit: ' MiB' },
  ]
  return {
    text: [
      `Recording ${RATE / 1000} k/s of ${SIZE} B for ${seconds} s: ${taken.sent} sent, ${taken.received} received, ${taken.recorded} recorded, ${taken.saved} saved, ${taken.missing} missing;`,
      `  ${short(taken.bytes / 1e6)} MB, ${short((taken.cpu / taken.sent) * 1e6)} µs of CPU a message (receiving and recording), longest block of the event loop ${short(taken.block)} ms; the last arrived ${short(taken.behind)} ms behind.`,
      `Scanned: ${short(scanned('search'))} M messages a second for a text that is not there, ${short(scanned('topics'))} M to count topics.`,
      `Replayed at ${REPLAYED / 1000} k/s for ${REPLAY_SECONDS} s: sent ${short(late('p50'))} ms off (p50), ${short(late('p99'))} ms (p99), with nothing to send ${short(idle('p50'))} and ${short(idle('p99'))} ms; heard in another process ${short(heard('p50'))} and ${short(heard('p99'))} ms; not heard ${silent}; at most ${short(Math.max(...replays.map((each) => each.late.max)))} ms off, waited for a core ${short(Math.max(...replays.map((each) => each.waited)))} ms.`,
      `A recording of ${short(gigabytes)} GB, ${opened[0]?.rows ?? 0} messages: first rows after ${short(first)} ms, grown by ${short(median(opened.map((each) => each.grown)))} MiB; a page from anywhere ${short(page(0.5))} ms (p50), ${short(page(0.99))} ms (p99), grown by ${short(grown)} MiB after all.`,
    ].join('\n'),
    bars,
    data: { taken, scans, replays, opened },
  }
}
