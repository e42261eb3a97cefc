import { createRequire } from 'node:module'
import { performance } from 'node:perf_hooks'
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import type Koffi from 'koffi'
import { Batch } from './batch.js'
import { Doors } from './doors.js'
import { Hand } from './hand.js'
import { Ear, Refusal, type Shared } from './ear.js'
import type { Block } from './block.js'
import { Native, WAIT_MS } from './native.js'
import { Peers } from './peers.js'
import {
  best,
  shared,
  type Command,
  type RawError,
  type RawEvent,
  type Report,
  type SocketPlan,
  type Start,
} from './protocol.js'
import { Writer } from './writer.js'

/*
 * The receiving thread: one for all sessions. While it has sockets it never returns to its event loop, but takes commands between turns, and waits in poll(2) for
 * at most 100 ms, or until it is woken by a byte in a pipe. Without sockets it is an ordinary worker that waits for a message.
 */

/** µs between two turns while messages come thick but few at a time: each turn costs a wake-up, whatever it finds. Times of receipt are late by no more. */
const REST = 400
/** Where more come in a rest it is no trickle: a quarter of libzmq's own high-water mark. */
const TRICKLE = 250
/** ms over which it is counted how many come. */
const COUNTED = 1

const { koffi: koffiFile, addon, epoch, words: memory } = workerData as Start
const port = parentPort!
const words = new Int32Array(memory)
const tell = (report: Report) => port.postMessage(report)

const monotonic = () => Number(process.hrtime.bigint()) / 1e6
const offset = epoch + best(() => monotonic() - performance.now())
/** ms since 1970, as engine/clock.ts tells it on the main thread. */
const now = () => offset + performance.now()

class Thread {
  readonly #native: Native
  readonly #shared: Shared
  readonly #ears = new Map<number, Ear>()
  readonly #writers = new Map<number, Writer>()
  readonly #wake: readonly [number, number]
  readonly #doors: Doors
  /** Descriptors to wait for, and the ears they belong to: the pipe, the doors, then two of each ear. */
  #items: Block
  #order: Ear[] | undefined
  #turned = 0
  /** Messages that came since a moment, and how many came a millisecond before that. */
  #came = 0
  #since = 0
  #rate = 0
  /** When every socket was last taken to have news. */
  #swept = 0
  /** Whether rows were written since the main thread was last told of some. */
  #news = false

  constructor() {
    const koffi = createRequire(koffiFile)(koffiFile) as typeof Koffi
    this.#native = new Native(koffi, addon)
    const peers = new Peers((peer, address) => tell({ is: 'peer', peer, address }))
    const hand = new Hand(this.#native, now)
    const batch = new Batch(this.#native, hand.copies)
    this.#shared = { hand, batch, peers, notice: this.#native.block(4096), now }
    this.#items = this.#native.block(4096)
    this.#doors = new Doors(this.#native, tell)
    this.#wake = this.#native.pipe()
    tell({ is: 'ready', wake: this.#wake[1], version: this.#native.version })
  }

  /** Does as it is told until no socket is left. */
  run(first: Command): void {
    this.#obey(first)
    while (this.#ears.size > 0 && Atomics.load(words, shared.stop) === 0) {
      let taken = 0
      let busy = false
      for (const ear of this.#ears.values()) {
        if (!ear.hungry) continue
        taken += this.#turn(ear)
        busy ||= ear.hungry
      }
      if (this.#news && Atomics.exchange(words, shared.told, 1) === 0) tell({ is: 'rows' })
      this.#news = false
      this.#wait(busy, taken)
      this.#commands()
    }
    if (Atomics.load(words, shared.stop) !== 0) this.end()
  }

  /** Nothing is left when it returns: sockets do not linger, and libzmq's own threads have ended. */
  end(): void {
    for (const ear of this.#ears.values()) {
      ear.close()
      ear.monitor.close()
    }
    for (const writer of this.#writers.values()) writer.leave()
    this.#ears.clear()
    this.#doors.end()
    this.#native.end()
    for (const fd of this.#wake) this.#native.closeDescriptor(fd)
    port.close()
  }

  #commands(): void {
    // Set behind every message: to ask the port costs more than a poll.
    if (Atomics.load(words, shared.awake) === 0) return
    this.#native.takeByte(this.#wake[0])
    Atomics.store(words, shared.awake, 0)
    for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port))
      this.#obey(got.message as Command)
  }

  #obey(command: Command): void {
    switch (command.do) {
      case 'lane': {
        const { lane } = command
        const need = (bytes: number) => tell({ is: 'need', lane, bytes })
        const wrote = () => (this.#news = true)
        this.#writers.set(lane, new Writer(this.#native, lane, command.words, need, wrote))
        break
      }
      case 'slabs':
        this.#writers.get(command.lane)?.give(command.slabs)
        break
      case 'hold': {
        const writer = this.#writers.get(command.lane)
        if (writer !== undefined) this.#hold(writer, command.on)
        tell({ is: 'done', call: command.call })
        break
      }
      case 'leave':
        this.#writers.get(command.lane)?.leave()
        this.#writers.delete(command.lane)
        tell({ is: 'left', lane: command.lane })
        break
      case 'shut':
        this.#doors.close(command.domain)
        break
      case 'open':
        this.#open(command.socket, command.plan)
        break
      case 'bind':
      case 'connect':
      case 'disconnect':
        this.#attach(command)
        break
      case 'set':
        this.#try(command.socket, () => this.#ears.get(command.socket)?.set(command.option))
        break
      case 'close':
        this.#ears.get(command.socket)?.close()
        break
    }
  }

  #open(socket: number, plan: SocketPlan): void {
    const writer = this.#writers.get(plan.lane)
    const failed = this.#try(socket, () => {
      if (writer === undefined) throw new Error('This session is not known.')
      if (plan.door !== undefined) this.#doors.open(plan.door)
      const ear = new Ear(this.#native, socket, plan, writer, this.#shared)
      this.#ears.set(socket, ear)
      if (writer.held) ear.hold()
      this.#order = undefined
    })
    if (failed !== undefined) tell({ is: 'ended', socket })
  }

  #hold(writer: Writer, on: boolean): void {
    if (on === writer.held) return
    for (const ear of this.#ears.values())
      if (ear.writer === writer) this.#try(ear.id, () => (on ? ear.hold() : ear.release()))
    writer.held = on
  }

  #attach({ do: how, socket, address, call }: Extract<Command, { address: string }>): void {
    try {
      const ear = this.#ears.get(socket)
      if (ear === undefined) throw new Error('This socket is not open.')
      tell({ is: 'done', call, lastEndpoint: ear.attach(how, address) })
    } catch (error) {
      tell({ is: 'done', call, error: toRaw(error) })
    }
  }

  #turn(ear: Ear): number {
    let taken = 0
    this.#try(ear.id, () => (taken = ear.turn()))
    return taken
  }

  /** What goes wrong with one socket ends that one. */
  #try(socket: number, work: () => void): RawError | undefined {
    try {
      work()
      return undefined
    } catch (error) {
      const raw = toRaw(error)
      tell({ is: 'broken', socket, error: raw })
      this.#ears.get(socket)?.close()
      return raw
    }
  }

  /** Rests or waits until there is something to do; looks at the monitors. */
  #wait(busy: boolean, taken: number): void {
    const native = this.#native
    if (taken > 0) this.#rest(busy, taken)
    const order = (this.#order ??= this.#arrange())
    this.#sweep(order)
    this.#items.words[2] = this.#doors.descriptor
    order.forEach((ear, i) => {
      // What may not be taken now is not waited for: its descriptor would tell again and again.
      this.#items.words[i * 4 + 4] = ear.closed || !ear.writer.ready ? -1 : ear.descriptor
    })
    const calm = !busy && order.every((ear) => ear.monitor.quiet)
    native.wait(this.#items, 2 + order.length * 2, calm ? WAIT_MS : 0)
    if (this.#doors.asked || native.told(this.#items, 1)) this.#doors.answer()
    const events: RawEvent[] = []
    order.forEach((ear, i) => {
      if (native.told(this.#items, 2 + i * 2)) ear.ready = true
      if (!ear.monitor.quiet || native.told(this.#items, 3 + i * 2)) this.#events(ear, events)
    })
    if (events.length > 0) tell({ is: 'events', events })
  }

  /** Waits a little where messages come one by one, so that the next turn finds more. */
  #rest(busy: boolean, taken: number): void {
    const time = performance.now()
    this.#came += taken
    if (time - this.#since >= COUNTED) {
      this.#rate = this.#came / (time - this.#since)
      this.#since = time
      this.#came = 0
    }
    const thick = time - this.#turned < (2 * REST) / 1000
    if (!busy && thick && (this.#rate * REST) / 1000 < TRICKLE) this.#native.rest(REST)
    this.#turned = time
  }

  /**
   * A descriptor tells once, and an error's number can be lost on the way here: a call that a signal broke off (EINTR) may look as if there were nothing (EAGAIN), and then nothing would
   * ever be told again. So now and then every socket is asked, whatever its descriptor says.
   */
  #sweep(order: readonly Ear[]): void {
    const time = performance.now()
    if (time - this.#swept < WAIT_MS) return
    this.#swept = time
    this.#doors.asked = true
    for (const ear of order) {
      if (ear.counted) this.#count(ear)
      ear.ready = true
      ear.monitor.quiet = false
    }
  }

  /** Tells what waits at a socket, if that is something else than before. */
  #count(ear: Ear): void {
    const waiting = ear.waiting()
    const told = JSON.stringify(waiting)
    if (ear.told === told) return
    ear.told = told
    tell({ is: 'waiting', socket: ear.id, waiting })
  }

  #events(ear: Ear, events: RawEvent[]): void {
    if (!ear.monitor.take(events)) return
    this.#ears.delete(ear.id)
    this.#order = undefined
    if (events.length > 0) tell({ is: 'events', events: events.splice(0) })
    tell({ is: 'ended', socket: ear.id })
  }

  #arrange(): Ear[] {
    const order = [...this.#ears.values()]
    const size = (2 + order.length * 2) * 8
    if (this.#items.size < size) this.#items = this.#native.block(size * 2)
    this.#items.words[0] = this.#wake[0]
    order.forEach((ear, i) => (this.#items.words[i * 4 + 6] = ear.monitor.descriptor))
    return order
  }
}

function toRaw(error: unknown): RawError {
  return error instanceof Refusal
    ? error.error
    : { errno: 0, message: error instanceof Error ? error.message : String(error) }
}

try {
  const thread = new Thread()
  port.on('message', (command: Command) => thread.run(command))
} catch (error) {
  tell({ is: 'unfit', reason: error instanceof Error ? error.message : String(error) })
  port.close()
}
