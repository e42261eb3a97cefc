/**
 * `npm run stress:wire [-- --minutes 10] [--seed N] [--opens 10000]`: the receiving thread under what it must stand: sessions that open, close, are held, cleared and forgotten in the middle of
 * floods, from processes that are killed. Every row that is looked at must be whole and in order. Then it opens and closes as often as told, and at last is ended by SIGTERM in a
 * flood, again and again. Exit status 1 for anything that is wrong, a descriptor that is not given back, growth, or an end that takes more than a second.
 */
import { fork, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { messageOf } from '../../build/scripts/say.mjs'
import { PageView, SessionSettingsSchema, type PageRow } from '../../src-main/contract/index.js'
import { Engine } from '../../src-main/engine/engine.js'
import type { Session } from '../../src-main/engine/session.js'
import { resident } from '../helpers/memory.js'
import { until } from '../helpers/until.js'
import { Dice } from './dice.js'
import { pause } from './flow.js'
import { descriptors, MemoryWatch } from './memory.js'
import { fillOf, HEAD, runPeer, type Flood } from './wire-peer.js'

const MiB = 1024 * 1024
const PEERS = 3
const SESSIONS = 24
const FLOODS = 6
const ENDINGS = 10
/** Milliseconds after which all is closed, to see how much memory is held then. */
const REST = 20_000
/** Milliseconds that an end may take, and between two things that are done, at most. */
const END = 1000
const CALM = 30
/** MiB a minute, and MiB after all the opening and closing, that count as growth. */
const GROWTH = 4
const LEFT = 48

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    opens: { type: 'string', default: '10000' },
    peer: { type: 'boolean' },
    victim: { type: 'boolean' },
  },
})
const minutes = Number(values.minutes)
const opens = Number(values.opens)
const seed = Number(values.seed ?? Date.now() % 2 ** 31)
const program = process.argv[1] ?? ''

const wrong: string[] = []
const bad = (what: string) => void wrong.push(what)

if (values.peer === true) runPeer()
else if (values.victim === true) await victim()
else process.exit((await stress()) ? 0 : 1)

function settings(role: 'sink' | 'subscriber', address = 'tcp://127.0.0.1:*') {
  return v.parse(SessionSettingsSchema, { role, driver: 'wire', endpoints: [{ method: 'bind', address }] })
}

interface Running {
  readonly session: Session
  readonly kind: 'push' | 'pub'
  readonly floods: { readonly id: number; readonly peer: ChildProcess }[]
  release?: (() => void) | undefined
  /** Newest row that was looked at, and of each flood the newest message. */
  seen: number
  readonly newest: Map<number, number>
}

async function stress(): Promise<boolean> {
  if (!(minutes >= 0) || !Number.isSafeInteger(seed) || !(opens >= 0)) {
    console.error('--minutes and --opens want numbers, --seed a whole number.')
    return false
  }
  for (const event of ['unhandledRejection', 'uncaughtException'] as const)
    process.on(event, (error: unknown) => bad(`${event}: ${messageOf(error)}`))
  console.log(`seed ${seed}, for ${minutes} min, then ${opens} opens and closes, then ${ENDINGS} ends in a flood`)
  // What is made once and stays: libzmq's contexts, the thread, what Node wants to start processes.
  await cycles(new Engine(), 50)
  const first = peer()
  first.kill('SIGKILL')
  await once(first, 'exit')
  const before = descriptors()
  if (minutes > 0) await underFire()
  await until(() => descriptors() <= before, { deadline: 10_000 }).catch(() =>
    bad(`${descriptors() - before} descriptors were not given back`),
  )
  if (opens > 0) await many(before)
  await endings()
  for (const what of wrong.slice(0, 40)) console.log(`WRONG    ${what}`)
  console.log(wrong.length === 0 ? 'nothing wrong' : `${wrong.length} things wrong; the same again with --seed ${seed}`)
  return wrong.length === 0
}

/** Opens, closes, floods and kills at random. */
async function underFire(): Promise<void> {
  const dice = new Dice(seed)
  const engine = new Engine({ journalBytes: 64 * MiB })
  /** Peers that ended by themselves: libzmq can abort a sender whose receiver goes in the middle of a message of several frames (session_base.cpp, `clean_pipes`). */
  let aborted = 0
  const peers = Array.from({ length: PEERS }, peer)
  const running: Running[] = []
  const done = new Map<string, number>()
  /** How much waits in queues while sessions are held is a matter of dice; what is held when none is open is not. */
  const memory = new MemoryWatch(true)
  let peak = 0
  let floods = 0
  let rows = 0
  let messages = 0

  const pick = () => dice.of(running)
  const leave = (one: Running) => {
    one.release?.()
    messages += one.session.numbers().in.messages
    for (const { id, peer } of one.floods) if (peer.connected) peer.send({ stop: id })
    running.splice(running.indexOf(one), 1)
  }
  const things: Record<string, () => void | Promise<void>> = {
    async open() {
      if (running.length >= SESSIONS) return
      const kind = dice.of(['push', 'pub'] as const)
      const session = await engine.open(settings(kind === 'push' ? 'sink' : 'subscriber'))
      if (session.state.kind !== 'open' || session.info().driver !== 'wire')
        return bad(`not opened: ${JSON.stringify([session.state, session.info().driverWhy])}`)
      running.push({ session, kind, floods: [], seen: 0, newest: new Map() })
    },
    flood() {
      const one = pick()
      const all = running.reduce((sum, each) => sum + each.floods.length, 0)
      if (one === undefined || all >= FLOODS || one.session.state.kind !== 'open') return
      const at = Math.floor(dice.between(0, PEERS))
      if (!peers[at]!.connected) {
        aborted++
        peers[at] = peer()
      }
      const sender = peers[at]!
      const id = ++floods
      const address = one.session.info().links[0]!.actual
      const size = Math.ceil(10 ** dice.between(0, dice.next() < 0.1 ? 6.3 : 4))
      const flood: Flood = { flood: id, kind: one.kind, address, size, frames: Math.ceil(dice.between(0, 5)) }
      sender.send(flood)
      one.floods.push({ id, peer: sender })
    },
    calm() {
      const flood = pick()?.floods.shift()
      if (flood?.peer.connected === true) flood.peer.send({ stop: flood.id })
    },
    async kill() {
      const at = Math.floor(dice.between(0, PEERS))
      const victim = peers[at]!
      if (victim.connected) {
        victim.kill('SIGKILL')
        await once(victim, 'exit')
      }
      for (const one of running) {
        const mine = one.floods.filter((flood) => flood.peer === victim)
        for (const flood of mine) one.floods.splice(one.floods.indexOf(flood), 1)
      }
      peers[at] = peer()
    },
    async close() {
      const one = pick()
      if (one === undefined) return
      leave(one)
      if (dice.next() < 0.5) await one.session.close()
      await engine.forget(one.session.id)
    },
    async 'close at once'() {
      const session = engine.add(settings('sink'))
      const opening = session.open()
      if (dice.next() < 0.5) await pause(dice.between(0, 3))
      await Promise.all([opening, session.close()])
      await engine.forget(session.id)
    },
    async reopen() {
      const one = pick()
      if (one === undefined) return
      one.release?.()
      one.release = undefined
      const again = settings(one.session.settings.role as 'sink', one.session.info().links[0]!.actual)
      await one.session.reopen(again)
      if (one.session.state.kind !== 'open') bad(`not reopened: ${JSON.stringify(one.session.state)}`)
    },
    hold() {
      const one = pick()
      if (one === undefined) return
      one.release?.()
      one.release = one.release === undefined ? one.session.hold() : undefined
    },
    subscribe() {
      const one = pick()
      if (one?.kind !== 'pub') return
      if (dice.next() < 0.5) one.session.subscribe(String(Math.floor(dice.between(0, 9))))
      else one.session.unsubscribe(String(Math.floor(dice.between(0, 9))))
    },
    clear: () => pick()?.session.clear(),
    look() {
      const one = pick()
      if (one === undefined) return
      for (let n = 0; n < 8; n++) rows += look(one)
    },
  }
  const rest = async () => {
    peak = Math.max(peak, process.memoryUsage().rss)
    for (const one of [...running]) {
      leave(one)
      await engine.forget(one.session.id)
    }
    if (engine.numbers().kept > 0) bad(`${engine.numbers().kept} bytes are kept though nothing is open`)
    memory.sample()
  }
  const names = Object.keys(things)
  const weights = [...names, 'open', 'flood', 'flood', 'flood', 'look', 'look', 'look']
  const end = performance.now() + minutes * 60_000
  for (let next = performance.now() + REST; performance.now() < end;) {
    if (performance.now() > next) {
      await rest()
      next = performance.now() + REST
    }
    const name = running.length < 2 ? 'open' : dice.of(weights)
    done.set(name, (done.get(name) ?? 0) + 1)
    try {
      await things[name]!()
    } catch (error) {
      bad(`${name}: ${messageOf(error)}`)
    }
    await pause(dice.between(0, CALM))
  }
  await rest()
  await engine.close()
  const alive = peers.filter((each) => each.exitCode === null && each.signalCode === null)
  await Promise.all(alive.map((each) => (each.kill('SIGKILL'), once(each, 'exit'))))
  console.log(`done: ${[...done].map(([name, n]) => `${n} × ${name}`).join(', ')}`)
  console.log(
    `${messages} messages in ${floods} floods, of which ${rows} were looked at; ${aborted} senders aborted by themselves`,
  )
  console.log(
    `memory: ${(peak / MiB).toFixed(0)} MiB with sessions open; with none, ${memory.peak.toFixed(0)} MiB at most, ${memory.slope.toFixed(2)} MiB a minute over the last ${memory.judged.toFixed(1)} min (${memory.slopes})`,
  )
  if (memory.judged >= 2 && memory.slope > GROWTH) bad(`memory grows by ${memory.slope.toFixed(2)} MiB a minute`)
}

/** Reads the next rows: each must be whole, and of one flood in order. */
function look(one: Running): number {
  const { first, last } = one.session.numbers()
  if (last <= one.seen) return 0
  const from = Math.max(first, one.seen + 1)
  const page = new PageView(one.session.page(from, 500, Infinity))
  for (const row of page) {
    const why = flaw(row, one)
    if (why !== undefined) return bad(`row ${row.seq} of ${one.kind}: ${why}`) ?? 0
    one.seen = row.seq
  }
  // A flood fills faster than this reads: on to what is new.
  if (last - one.seen > 20_000) one.seen = last - 1000
  return page.rows
}

function flaw({ seq, frames, size }: PageRow, one: Running): string | undefined {
  const head = frames[0]?.bytes
  if (head === undefined || head.byteLength < HEAD)
    return `its head is missing (${size} bytes, ${frames.length} frames)`
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength)
  const [flood, message, count] = [0, 4, 8].map((at) => view.getUint32(at, true)) as [number, number, number]
  if (frames.length !== count) return `it has ${frames.length} frames of ${count}`
  for (const [f, { bytes, size }] of frames.entries()) {
    if (bytes.byteLength !== size) return 'it is cut'
    const fill = fillOf(message, f)
    for (let i = f === 0 ? HEAD : 0; i < size; i++) if (bytes[i] !== fill) return `byte ${i} of frame ${f} is another`
  }
  const before = one.newest.get(flood) ?? 0
  if (message <= before) return `message ${message} of flood ${flood} came behind ${before} (row ${seq})`
  one.newest.set(flood, message)
  return undefined
}

function peer(): ChildProcess {
  const child = fork(program, ['--peer'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  // What was written to one that is ending by itself, before that is known: see `aborted`.
  child.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'ERR_IPC_CHANNEL_CLOSED') bad(`peer: ${messageOf(error)}`)
  })
  return child
}

async function cycles(engine: Engine, count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const session = await engine.open(settings(n % 2 === 0 ? 'sink' : 'subscriber'))
    if (session.state.kind !== 'open') bad(`not opened: ${JSON.stringify(session.state)}`)
    await engine.forget(session.id)
  }
}

/** A tenth warms up, the rest must leave nothing. */
async function many(descriptorsBefore: number): Promise<void> {
  const engine = new Engine()
  await cycles(engine, opens / 10)
  const before = resident()
  const began = performance.now()
  await cycles(engine, opens)
  const each = (performance.now() - began) / opens
  const grown = (resident() - before) / MiB
  await engine.close()
  await until(() => descriptors() <= descriptorsBefore, { deadline: 10_000 }).catch(() => undefined)
  const left = descriptors() - descriptorsBefore
  console.log(
    `${opens} opens and closes, ${each.toFixed(1)} ms each: ${grown.toFixed(1)} MiB more, descriptors left: ${left}`,
  )
  if (grown > LEFT) bad(`${grown.toFixed(1)} MiB more after ${opens} opens and closes`)
  if (left > 0) bad(`${left} descriptors left after ${opens} opens and closes`)
}

/** What is ended in a flood: closes as the app does. */
async function victim(): Promise<void> {
  const engine = new Engine()
  const sessions = [await engine.open(settings('sink')), await engine.open(settings('subscriber'))]
  process.on('SIGTERM', () => void engine.close().then(() => process.exit(0)))
  process.send?.(sessions.map((session) => session.info().links[0]!.actual))
  setInterval(() => process.send?.(sessions.map((session) => session.numbers().in.messages)), 20)
}

async function endings(): Promise<void> {
  const took: number[] = []
  for (let n = 0; n < ENDINGS; n++) {
    const child = spawn(process.execPath, [program, '--victim'], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
    const [addresses] = (await once(child, 'message')) as [string[]]
    const peers = addresses.map((address, i) => {
      const each = peer()
      each.send({ flood: i, kind: i === 0 ? 'push' : 'pub', address, size: 100, frames: 1 } satisfies Flood)
      return each
    })
    await new Promise<void>((resolve) =>
      child.on('message', (counts: number[]) => counts.every((count) => count > 5000) && resolve()),
    )
    const began = performance.now()
    child.kill('SIGTERM')
    const [code, signal] = (await once(child, 'exit')) as [number | null, string | null]
    took.push(performance.now() - began)
    for (const each of peers) each.kill('SIGKILL')
    if (code !== 0) bad(`an end in a flood: exit code ${code ?? 'none'}, ${signal ?? 'no signal'}`)
  }
  const longest = Math.max(...took)
  console.log(`${ENDINGS} ends by SIGTERM in a flood: ${longest.toFixed(0)} ms at most`)
  if (longest > END) bad(`an end in a flood took ${longest.toFixed(0)} ms`)
}
