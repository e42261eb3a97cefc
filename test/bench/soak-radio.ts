/**
 * `npm run soak:radio [-- --rate N] [--seconds N] [--size N] [--journal N] [--json FILE]`: the built app in a browser, its radio desk with the table, the topics and four plots open, under a
 * flood from another process. Prints what was sent, received and counted as missing, how smooth the page was beside an idle one, and what memory did once the journal
 * was full. Exit status 1 when a bar is missed.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { SessionSettingsSchema, type SessionNumbers } from '../../src-main/contract/index.js'
import type { Client } from '../../src-renderer/bridge/client.js'
import { compileC } from './compile-c.js'
import { Desk, framesOf, type Frames } from './desk.js'
import { median, met, short, table, type Bar } from './figures.js'

const FLOOD = fileURLToPath(new URL('../../test/bench/flood.py', import.meta.url))
/** Milliseconds of the idle page, and between two looks at memory. */
const IDLE = 5000
const LOOK = 1000
/** Milliseconds that the engine and the gap watch may take to come to the end of what was sent. */
const SETTLE = 20_000

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '30' },
    size: { type: 'string', default: '100' },
    /** MiB, of which a session may have half: full after some seconds of a flood. */
    journal: { type: 'string', default: '64' },
    json: { type: 'string' },
  },
})
const [rate, seconds, size, journal] = [values.rate, values.seconds, values.size, values.journal].map(Number) as [
  number,
  number,
  number,
  number,
]

interface Sent {
  readonly sent: { readonly flood: number; readonly car: number }
  readonly seconds: number
}
interface Memory {
  /** Seconds since the journal was full. */
  readonly at: number
  /** Bytes of the page's heap, and of the engine's process. */
  readonly heap: number
  readonly resident: number
}

process.exitCode = await main()

async function main(): Promise<number> {
  if (![rate, seconds, size, journal].every((each) => each > 0)) {
    console.error('--rate, --seconds, --size and --journal want numbers above 0.')
    return 2
  }
  const flood = sender()
  const lacking = 'lacking' in flood ? flood.lacking : Desk.lacking()
  if ('lacking' in flood || lacking !== undefined) {
    console.error(`The soak cannot run: ${String(lacking)}.`)
    return 2
  }
  const load = loadavg()[0] ?? NaN
  console.log(
    `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'CPU'}, Node ${process.versions.node}, load ${short(load)}; ${flood.what} sends`,
  )
  const found = await soak(flood.command)
  const { text, bars } = report(found)
  console.log(`\n${text}\n\nBars`)
  for (const bar of bars) {
    const limit = `${bar.atLeast === true ? '≥' : '≤'} ${bar.limit}${bar.unit}`
    console.log(`  ${met(bar) ? 'met    ' : 'NOT MET'}  ${bar.what}: ${short(bar.value)}${bar.unit} (bar: ${limit})`)
  }
  if (values.json !== undefined)
    writeFileSync(values.json, JSON.stringify({ rate, seconds, size, load, bars, ...found }, null, 1) + '\n')
  return bars.every(met) ? 0 : 1
}

/** The fastest sender that can be had here: what it takes of the machine, the rest of us lack. */
function sender(): { what: string; command: readonly string[] } | { lacking: string } {
  const args = [rate, size, seconds].map(String)
  const compiled = compileC('flood')
  if ('program' in compiled) return { what: 'C', command: [compiled.program, ...args] }
  const python = process.env['SOCKETEER_PYTHON']
  if (python === undefined)
    return { lacking: `there is no Python with pyzmq (apt install python3-zmq), and for C ${compiled.lacking}` }
  return { what: 'pyzmq', command: [python, '-u', FLOOD, ...args] }
}

async function soak(command: readonly string[]) {
  const desk = await Desk.start({ journalBytes: journal * 1024 * 1024 })
  const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] })
  const said = lines(child)
  try {
    const idle = await framesOf(desk.idle, IDLE)
    const view = await desk.view()
    const { ready } = await said<{ ready: string }>()
    const { id } = await view.call('session.open', { settings: settings(ready) })
    await desk.page.bringToFront()
    await desk.page.getByRole('tab', { name: 'Radio' }).click()
    await said<{ subscribed: true }>()
    child.stdin?.write('go\n')
    const began = performance.now()

    for (let now = await numbers(view, id); now.evicted === 0; now = await numbers(view, id)) {
      if (performance.now() - began > seconds * 500)
        throw new Error(`The journal is not full after half of the time, with ${now.in.messages} received.`)
      await pause(100)
    }
    const filled = (performance.now() - began) / 1000
    const memory = await watchMemory(desk)
    const frames = await framesOf(desk.page, Math.max(2000, began + seconds * 1000 - performance.now() - 500))
    const sent = await said<Sent>()
    const all = sent.sent.flood + sent.sent.car
    const held = await settled(view, id, all)
    return { idle, frames, filled, memory: await memory.end(), sent, ...held }
  } finally {
    child.kill('SIGKILL')
    await desk.end()
  }
}

/** A subscriber that knows what it misses, and draws four numbers of the 1000 binary messages a second of the topic `car`. */
function settings(address: string) {
  const number = (offset: number) => ({ kind: 'number', type: 'f64', offset, endian: 'little', frame: -1 }) as const
  const names = ['speed', 'steering', 'x', 'y']
  const signals = names.map((name, n) => ({
    id: name,
    name,
    topic: { kind: 'text', name: 'car' } as const,
    place: number(8 + n * 8),
  }))
  return v.parse(SessionSettingsSchema, {
    role: 'subscriber',
    endpoints: [{ method: 'connect', address }],
    radio: {
      gaps: { sequence: { kind: 'number', type: 'u64', offset: 0, endian: 'little', frame: -1 }, perTopic: true },
      signals,
      plots: { list: names.map((name) => ({ id: name, signals: [name] })) },
    },
  })
}

async function numbers(view: Client, id: string): Promise<SessionNumbers> {
  const { numbers: all } = await view.call('session.list')
  const found = all.find((each) => each.id === id)
  if (found === undefined) throw new Error('The session is gone.')
  return found
}

/** What came and what was counted as missing, once the two make up what was sent, or cannot any more. */
async function settled(view: Client, id: string, sent: number) {
  const end = performance.now() + SETTLE
  for (;;) {
    const { in: received, evicted, kept } = await numbers(view, id)
    const gaps = await view.call('radio.gaps', { id })
    const done = gaps.behind === 0 && received.messages + gaps.total.missing >= sent
    if (done || performance.now() > end)
      return {
        received: received.messages,
        missing: gaps.total.missing,
        unseen: gaps.gone + gaps.behind,
        twice: gaps.total.duplicates,
        evicted,
        kept,
      }
    await pause(200)
  }
}

/** Looks at the memory of page and engine until it is told to end. The page's is tidied before the first look and the last, so that the two compare. */
async function watchMemory(desk: Desk): Promise<{ end(): Promise<Memory[]> }> {
  const inspector = await desk.page.context().newCDPSession(desk.page)
  const found: Memory[] = []
  const began = performance.now()
  const look = async (tidy: boolean): Promise<void> => {
    if (tidy) await inspector.send('HeapProfiler.collectGarbage')
    const { usedSize } = await inspector.send('Runtime.getHeapUsage')
    found.push({ at: (performance.now() - began) / 1000, heap: usedSize, resident: desk.resident })
  }
  await look(true)
  const timer = setInterval(() => void look(false).catch(() => undefined), LOOK)
  return {
    end: async () => {
      clearInterval(timer)
      await look(true)
      await inspector.detach()
      return found
    },
  }
}

function report(found: Awaited<ReturnType<typeof soak>>): { text: string; bars: Bar[] } {
  const { idle, frames, filled, memory, sent, received, missing, unseen, twice, evicted, kept } = found
  const all = sent.sent.flood + sent.sent.car
  const mega = (bytes: number) => `${short(bytes / 1024 ** 2)} MB`
  const line = (name: string, of: Frames) => [
    name,
    String(of.frames),
    `${(of.slow * 100).toFixed(1)} %`,
    short(of.longest),
    `${(of.busy * 100).toFixed(0)} %`,
  ]
  const third = Math.max(1, Math.floor(memory.length / 3))
  const grown = (of: readonly number[]) => median(of.slice(-third)) / median(of.slice(0, third))
  const [first, last] = [memory[0], memory.at(-1)]
  const text = [
    `${rate} messages a second of ${size} B and 1000 of 40 B for ${seconds} s; the table, the topics and four plots of binary fields open, gaps watched.`,
    `sent ${all} (${short(all / sent.seconds / 1000)} k/s), received ${received}, counted missing ${missing}, not accounted for ${all - received - missing}; came twice ${twice}, not looked at by the gap watch ${unseen}`,
    `journal full after ${short(filled)} s; ${evicted} older rows gone, ${mega(kept)} kept`,
    table([
      ['', 'frames', '> 25 ms', 'longest, ms', 'CPU of the page'],
      line('idle page', idle),
      line('radio desk', frames),
    ]),
    table([
      ['seconds after full', ...memory.map(({ at }) => at.toFixed(0))],
      ["page's heap, MB", ...memory.map(({ heap }) => short(heap / 1024 ** 2))],
      ["engine's process, MB", ...memory.map(({ resident }) => short(resident / 1024 ** 2))],
    ]),
  ].join('\n')
  const bars: Bar[] = [
    { what: 'messages not accounted for', value: Math.abs(all - received - missing), limit: 0, unit: '' },
    {
      what: 'of the rate, sent',
      value: (all / sent.seconds / (rate + 1000)) * 100,
      limit: 98,
      atLeast: true,
      unit: ' %',
    },
    { what: 'frames over 25 ms', value: frames.slow * 100, limit: 5, unit: ' %' },
    { what: 'longest frame', value: frames.longest, limit: 100, unit: ' ms' },
    {
      what: "page's heap, grown since the journal was full, tidied",
      value: ((last?.heap ?? NaN) - (first?.heap ?? NaN)) / 1024 ** 2,
      limit: 5,
      unit: ' MB',
    },
    {
      what: "engine's process, last third ÷ first",
      value: grown(memory.map(({ resident }) => resident)),
      limit: 1.1,
      unit: '×',
    },
  ]
  return { text, bars }
}

/** What a process says, one line of JSON after the other. Rejects when it ends before. */
function lines(child: ChildProcess): <T>() => Promise<T> {
  const waiting: [(line: string) => void, (why: Error) => void][] = []
  const unheard: string[] = []
  const ended = (): void => {
    for (const [, reject] of waiting.splice(0)) reject(new Error('The sender ended.'))
  }
  child.once('exit', ended)
  if (child.stdout !== null)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const next = waiting.shift()
      if (next === undefined) unheard.push(line)
      else next[0](line)
    })
  return async <T>() =>
    JSON.parse(
      unheard.shift() ??
        (await new Promise<string>((resolve, reject) => {
          waiting.push([resolve, reject])
        })),
    ) as T
}
