import type { Waiting } from '../../contract/index.js'
import { ENTRY_BYTES } from '../slab.js'
import type { Batch } from './batch.js'
import type { Block } from './block.js'
import type { Hand } from './hand.js'
import { Monitor } from './monitor.js'
import type { Native } from './native.js'
import { types } from './options.js'
import type { Peers } from './peers.js'
import type { RawError, RawOption, SocketPlan } from './protocol.js'
import { NOTHING, Queue } from './queue.js'
import type { RowFacts, Writer } from './writer.js'

/** A turn ends after this many milliseconds, so that no socket starves another one. */
const TURN_MS = 2
/** Consecutive failures after which a socket is taken for broken. */
const FAILURES = 1000
/** How often it is tried to find nothing waiting before a socket is held back, and µs that libzmq's threads get each time to tell what they know. */
const TRIES = 10
const TELL = 300

/** What the sockets of the receiving thread share. */
export interface Shared {
  readonly hand: Hand
  readonly batch: Batch
  readonly peers: Peers
  /** Where what a monitor tells is read. */
  readonly notice: Block
  /** ms since 1970. */
  readonly now: () => number
}

/** One socket of the receiving thread. */
export class Ear {
  readonly id: number
  readonly writer: Writer
  readonly monitor: Monitor
  /** Whether something may be there to be taken. */
  ready = true
  /** What was told last of what waits, as text. */
  told: string | undefined
  /** Descriptor that tells of messages. */
  readonly descriptor: number
  /** Whether it may be held back, so that what waits is to be counted. */
  readonly counted: boolean
  readonly #native: Native
  readonly #hand: Hand
  readonly #batch: Batch
  readonly #peers: Peers
  readonly #now: () => number
  #socket: number
  #failures = 0
  /** The message that is being taken: as long as some of its frames are missing, `frames` is not 0, and the others have been gathered, from `start` on. */
  readonly #row: { -readonly [Fact in keyof RowFacts]: number }
  #start = 0
  /** Whether a message of this turn has been asked who sent it. */
  #known = false
  /** Whether nothing has ever been read. */
  #untouched = true
  /** While it is held back: what waits. */
  #queue: Queue | undefined
  /** Whether there were pipes to be asked. */
  #asked = true

  /** Throws an Error with the words of libzmq. */
  constructor(
    native: Native,
    id: number,
    plan: SocketPlan,
    writer: Writer,
    { hand, batch, peers, notice, now }: Shared,
  ) {
    this.id = id
    this.writer = writer
    this.counted = plan.type === types.sink
    this.#native = native
    this.#hand = hand
    this.#batch = batch
    this.#peers = peers
    this.#now = now
    this.#row = { bytes: 0, frames: 0, time: 0, source: plan.source, peer: 0 }
    this.#socket = native.socket(plan.type)
    if (this.#socket === 0) throw new Refusal(native.error())
    for (const option of plan.options) if (!native.set(this.#socket, option)) this.#refuse()
    const monitor = native.monitor(this.#socket, `inproc://socket-${id}`)
    if (monitor === 0) this.#refuse()
    this.monitor = new Monitor(native, id, monitor, notice)
    this.descriptor = native.descriptor(this.#socket)
    if (this.descriptor >= 0 && this.monitor.descriptor >= 0) return
    this.monitor.close()
    this.#refuse()
  }

  /** Whether libzmq has been told to let go of it. */
  get closed(): boolean {
    return this.#socket === 0
  }

  /** Whether it could take something now. */
  get hungry(): boolean {
    return this.ready && this.#socket !== 0 && this.writer.ready
  }

  set(option: RawOption): void {
    if (this.closed) return
    this.ready = true // every call may take the news that the descriptor would have told
    if (!this.#native.set(this.#socket, option)) throw new Refusal(this.#native.error())
  }

  /** Throws a Refusal. Gives the socket's address as libzmq knows it, after a bind. */
  attach(how: 'bind' | 'connect' | 'disconnect', address: string): string {
    if (this.closed) return ''
    this.ready = true
    if (how === 'disconnect') this.monitor.parting()
    if (!this.#native[how](this.#socket, address)) throw new Refusal(this.#native.error())
    return how === 'bind' ? this.#native.lastEndpoint(this.#socket) : ''
  }

  /** libzmq lets go of the socket when it can; the monitor's last event says so. */
  close(): void {
    if (this.closed) return
    this.#native.close(this.#socket)
    this.#socket = 0
  }

  /** Is told before it is held back: takes what is there until nothing is, if it ever is, since what waits can be counted only from nothing. */
  hold(): void {
    const queue = new Queue(this.#untouched)
    this.#asked = true
    this.monitor.tell((this.#queue = queue))
    for (let tries = 0; tries < TRIES && !queue.settled && !this.closed; tries++) {
      if (this.hungry && this.turn() > 0) queue.read()
      if (this.ready) break // it comes as fast as it is taken
      this.#round(queue)
      this.#native.rest(TELL)
    }
  }

  /** Takes again what comes. */
  release(): void {
    this.monitor.tell((this.#queue = undefined))
  }

  /** What waits; undefined: not known. Is asked ten times a second. */
  waiting(): Waiting | undefined {
    if (this.closed) return undefined
    // While it is read, that changes faster than it could be told; but there may be nothing.
    if (this.#queue === undefined) return this.ready ? undefined : NOTHING
    this.#round(this.#queue)
    return this.#queue.waiting
  }

  /** Ends a round of what libzmq tells, and begins the next. */
  #round(queue: Queue): void {
    const waits = this.#native.waits(this.#socket)
    this.ready ||= waits // that call may take the news that the descriptor would have told
    const whole = this.monitor.whole()
    queue.look(waits, this.#asked)
    if (whole) this.#asked = this.#native.askPipes(this.#socket)
    else queue.lose()
  }

  /**
   * Takes what is there, for as long as a turn may take; gives how many messages that was. Who sent a message is asked of the message, which costs as much as taking it; where all that waits is from one
   * connection, of the first of a turn alone. Throws a Refusal when it can be read no more.
   */
  turn(): number {
    const { writer, monitor } = this
    const native = this.#native
    const hand = this.#hand
    const batch = this.#batch
    const began = this.#now()
    let taken = 0
    this.#known = false
    this.#row.frames = 0
    batch.begin(writer)
    for (let over = false; ;) {
      const full = hand.take(this.#socket, over)
      const error = full || native.empty ? undefined : native.error()
      if (hand.count > 0) {
        this.#untouched = false
        const alone = monitor.alone()
        hand.find(alone)
        taken += this.#put(alone)
        batch.write()
        hand.release()
      }
      if (!full) this.#failed(error)
      over ||= writer.behind || this.#now() - began >= TURN_MS
      // A message of which some frames are here is taken whole: when the turn is over, no other one with it.
      const whole = this.#row.frames === 0
      if (full ? over && whole : whole || error === undefined) return taken
    }
  }

  /** Makes rows of what is in hand; gives how many. @param alone whether all is from one connection */
  #put(alone: boolean): number {
    const { sizes, times, addresses, more, count } = this.#hand
    const batch = this.#batch
    const row = this.#row
    let rows = 0
    if (row.frames === 0) this.#start = batch.gathered = 0
    for (let f = 0; f < count; f++) {
      const size = sizes[f]!
      const address = addresses[f]!
      if (row.frames === 0) {
        row.time = times[f]!
        if (!alone || !this.#known) this.#ask(f)
        if (more[f] === 0) {
          row.frames = 1
          row.bytes = size
          this.#add(address, size)
          row.frames = 0
          rows++
          continue
        }
        row.bytes = 0
        this.#start = batch.gathered
      }
      batch.gather(address, size)
      sizeAt(row.frames++, size)
      row.bytes += size
      if (more[f] === 1) continue
      this.#add(batch.table(frameSizes, row.frames, this.#start), row.bytes + row.frames * 4)
      row.frames = 0
      rows++
    }
    return rows
  }

  /** Learns who sent the frame in place `n`. */
  #ask(n: number): void {
    this.#row.peer = this.#peers.number(this.#native.sender(n))
    this.#known = true
  }

  /** Adds the row whose bytes are at an address, wherever there is room for it. */
  #add(address: number, size: number): void {
    const { writer } = this
    const batch = this.#batch
    if (!writer.behind) {
      if (batch.add(address, size, this.#row)) return
      batch.write()
      const room = writer.advance(size + ENTRY_BYTES)
      batch.aim()
      if (room && batch.add(address, size, this.#row)) return
    }
    writer.keep({ address, size }, this.#row)
  }

  /** @param error undefined: there is nothing now */
  #failed(error: RawError | undefined): void {
    this.ready = error !== undefined
    if (error === undefined) {
      this.#failures = 0
      this.monitor.drained()
    } else if (++this.#failures >= FAILURES) throw new Refusal(error)
  }

  #refuse(): never {
    const error = this.#native.error()
    this.close()
    throw new Refusal(error)
  }
}

/** libzmq said no. */
export class Refusal extends Error {
  readonly error: RawError
  constructor(error: RawError) {
    super(error.message)
    this.error = error
  }
}

/** Sizes of the frames of the message that is being taken. */
let frameSizes = new Float64Array(64)
function sizeAt(frame: number, size: number): void {
  if (frame === frameSizes.length) {
    const more = new Float64Array(frame * 2)
    more.set(frameSizes)
    frameSizes = more
  }
  frameSizes[frame] = size
}
