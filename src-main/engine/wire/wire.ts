import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import type Koffi from 'koffi'
import 'zeromq' // its addon is in the process before anything looks for it
import type { Waiting } from '../../contract/index.js'
import { now } from '../clock.js'
import type { Journal } from '../journal.js'
import { Lane, type Adopted } from './lane.js'
import { best, shared, type Command, type Report, type Start } from './protocol.js'
import source from './thread.ts?thread'

/** Milliseconds between two looks for new rows: at most 60 a second. */
const LOOK_MS = 17
/** Milliseconds that the thread has to say that it works. */
const START_MS = 10_000

/** What hears of a socket of the receiving thread. */
export interface WireListener {
  events(events: Extract<Report, { is: 'events' }>['events'][number]): void
  waiting(waiting: Waiting | undefined): void
  broken(report: Extract<Report, { is: 'broken' }>): void
  ended(): void
}

/** Hears of a CURVE key that was shown, whose host that was, and whether it was let in. */
type Heard = (key: string, host: string, welcome: boolean) => void
type Done = Extract<Report, { is: 'done' }>

/** The receiving thread as the main thread sees it: started once, at the first need, and not keeping the process alive by itself. */
export class Wire {
  /** libzmq's version there: the addon's, whose C interface it calls. */
  readonly version: string
  readonly #worker: Worker
  readonly #words: Int32Array
  readonly #wake: number
  readonly #koffi: typeof Koffi
  readonly #lanes = new Map<number, Lane>()
  readonly #sockets = new Map<number, WireListener>()
  readonly #doors = new Map<string, Heard>()
  readonly #calls = new Map<number, (done: Done) => void>()
  #number = 0
  #timer: NodeJS.Timeout | undefined
  #dead: string | undefined

  constructor(worker: Worker, words: Int32Array, wake: number, version: string, koffi: typeof Koffi) {
    this.#worker = worker
    this.#words = words
    this.#wake = wake
    this.version = version
    this.#koffi = koffi
    worker.on('message', (report: Report) => this.#hear(report))
    worker.on('error', (error) => this.#end(error.message))
    worker.on('exit', () => this.#end('it has ended'))
    worker.unref()
  }

  /** Why it works no more; undefined while it does. */
  get dead(): string | undefined {
    return this.#dead
  }

  /** A session's journal, to be written by the thread from now on. While there is one, the thread keeps the process alive. */
  lane(journal: Journal, adopted: Adopted): Lane {
    const lane = new Lane(++this.#number, this.#koffi, journal, adopted, this)
    this.#lanes.set(lane.id, lane)
    this.#worker.ref()
    return lane
  }

  /** Takes the journal back; the lane's sockets have ended. */
  async release(lane: Lane): Promise<void> {
    if (this.#lanes.has(lane.id)) await lane.leave()
  }

  /** From now on `heard` hears who comes to this domain's door; gives what ends that, and the door. */
  door(domain: string, heard: Heard): () => void {
    this.#doors.set(domain, heard)
    return () => {
      this.#doors.delete(domain)
      this.tell({ do: 'shut', domain })
    }
  }

  /** The number of a new socket, which `listener` hears of until it has ended. */
  socket(listener: WireListener): number {
    const socket = ++this.#number
    this.#sockets.set(socket, listener)
    return socket
  }

  tell(command: Command): void {
    if (this.#dead !== undefined) return
    this.#worker.postMessage(command)
    // The flag says that a byte is on its way, so the pipe never holds more than one.
    if (Atomics.exchange(this.#words, shared.awake, 1) === 0) writeSync(this.#wake, '.')
  }

  /** A command that is answered. */
  call(command: (call: number) => Command): Promise<Done> {
    const call = ++this.#number
    if (this.#dead !== undefined) return Promise.resolve({ is: 'done', call, error: { errno: 0, message: this.#dead } })
    return new Promise((resolve) => {
      this.#calls.set(call, resolve)
      this.tell(command(call))
    })
  }

  /** At the end of the process: whatever the thread waits for, it waits no more. */
  stop(): void {
    if (this.#dead !== undefined) return
    Atomics.store(this.#words, shared.stop, 1)
    if (Atomics.exchange(this.#words, shared.awake, 1) === 0) writeSync(this.#wake, '.')
  }

  #hear(report: Report): void {
    switch (report.is) {
      case 'rows':
        this.#timer ??= setTimeout(() => this.#look(), LOOK_MS).unref()
        for (const lane of this.#lanes.values()) lane.collect()
        break
      case 'peer':
        peers[report.peer] = report.address
        break
      case 'need':
        this.#lanes.get(report.lane)?.starved(report.bytes)
        break
      case 'left':
        this.#lanes.get(report.lane)?.left()
        this.#lanes.delete(report.lane)
        if (this.#lanes.size === 0) this.#worker.unref()
        break
      case 'done':
        this.#calls.get(report.call)?.(report)
        this.#calls.delete(report.call)
        break
      case 'events':
        for (const event of report.events) this.#sockets.get(event[0])?.events(event)
        break
      case 'waiting':
        this.#sockets.get(report.socket)?.waiting(report.waiting)
        break
      case 'broken':
        this.#sockets.get(report.socket)?.broken(report)
        break
      case 'asked':
        this.#doors.get(report.domain)?.(report.key, report.host, report.welcome)
        break
      case 'ended':
        this.#ended(report.socket)
        break
      case 'ready':
      case 'unfit':
    }
  }

  /** Looks again and again while rows come; then the thread is to tell of the next one. */
  #look(): void {
    this.#timer = undefined
    let news = false
    for (const lane of this.#lanes.values()) news = lane.collect() || news
    if (!news) {
      Atomics.store(this.#words, shared.told, 0)
      // Rows that came just before may not have been told.
      for (const lane of this.#lanes.values()) news = lane.collect() || news
      if (!news || Atomics.exchange(this.#words, shared.told, 1) === 1) return
    }
    this.#timer = setTimeout(() => this.#look(), LOOK_MS).unref()
  }

  #ended(socket: number): void {
    const listener = this.#sockets.get(socket)
    this.#sockets.delete(socket)
    for (const lane of this.#lanes.values()) lane.collect()
    listener?.ended()
  }

  #end(reason: string): void {
    if (this.#dead !== undefined) return
    this.#dead = `The receiving thread works no more: ${reason}.`
    clearTimeout(this.#timer)
    const error = { errno: 0, message: this.#dead }
    for (const lane of this.#lanes.values()) lane.left()
    this.#lanes.clear()
    for (const [call, resolve] of this.#calls) resolve({ is: 'done', call, error })
    this.#calls.clear()
    for (const [socket, listener] of [...this.#sockets]) {
      listener.broken({ is: 'broken', socket, error })
      this.#ended(socket)
    }
  }
}

/** Addresses of peers by their number, for as long as the program runs: rows outlive the thread. */
const peers: string[] = []

/** The address that a row's peer has; undefined where that is not known. See Slab.peer. */
export const peerAddress = (peer: number): string | undefined => peers[peer]

let wire: Promise<Wire | string> | undefined

/** The receiving thread; or why there is none here. It is tried and not guessed: whatever fails on the way is the reason. */
export async function useWire(): Promise<Wire | string> {
  const found = await (wire ??= start().catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  ))
  return typeof found === 'string' ? found : (found.dead ?? found)
}

/** Why there is no receiving thread here; undefined where there is one. */
export async function whyNoWire(): Promise<string | undefined> {
  const wire = await useWire()
  return typeof wire === 'string' ? wire : undefined
}

/** What C is called with, and where it is. Throws where it cannot be had. */
export function findLibraries(): { koffi: typeof Koffi; files: Pick<Start, 'koffi' | 'addon'> } {
  if (process.platform === 'win32') throw new Error('zeromq’s addon exports no C interface on Windows.')
  const load = createRequire(import.meta.url)
  const koffi = load('koffi') as typeof Koffi
  const addon = Object.keys(load.cache).find((file) => /[\\/]zeromq[\\/].*\.node$/.test(file))
  if (addon === undefined) throw new Error('zeromq’s addon was not found among the loaded modules.')
  return { koffi, files: { koffi: unpacked(load.resolve('koffi')), addon: unpacked(addon) } }
}

async function start(): Promise<Wire> {
  const { koffi, files } = findLibraries()
  const words = new Int32Array(new SharedArrayBuffer(shared.words * 4))
  const start: Start = {
    ...files,
    epoch: best(() => now() - Number(process.hrtime.bigint()) / 1e6),
    words: words.buffer,
  }
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`), { workerData: start })
  let timer: NodeJS.Timeout | undefined
  try {
    const report = await new Promise<Report>((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
      worker.once('exit', () => reject(new Error('The receiving thread ended at once.')))
      timer = setTimeout(() => reject(new Error('The receiving thread did not start in time.')), START_MS)
    })
    if (report.is !== 'ready')
      throw new Error(report.is === 'unfit' ? report.reason : 'The receiving thread did not start.')
    const made = new Wire(worker, words, report.wake, report.version, koffi)
    process.once('exit', () => made.stop())
    return made
  } catch (error) {
    void worker.terminate()
    throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Where a file of the packaged app lies that is not read through Electron's archive: the thread and C do not see into that. */
function unpacked(file: string): string {
  return file.replace(/\.asar(?=[\\/])/, '.asar.unpacked')
}
