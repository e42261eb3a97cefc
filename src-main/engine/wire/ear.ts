import { ENTRY_BYTES } from '../slab.js'
import type { Block, Native } from './native.js'
import type { Command, RawError, RawEvent } from './protocol.js'
import type { Peers } from './peers.js'
import { setPeer, writeEntry, type Writer } from './writer.js'

/** A turn ends after this many milliseconds or bytes, so that no socket starves another one. */
const TURN_MS = 2
const TURN_BYTES = 1024 * 1024
/** Rows are written to their slab together, at most so many and about so many bytes: few calls, and all of it still in the processor's cache. */
const ROWS = 1024
const BYTES = 128 * 1024
/** Between two looks at the clock: so many messages, or so many bytes. */
const CLOCK_MESSAGES = 16
const CLOCK_BYTES = 64 * 1024
/** Bytes of the landing that are kept in memory once they have been used. */
const KEPT = 8 * 1024 * 1024
/** Events of one socket that are told at once. */
const EVENTS = 256
/** Consecutive failures after which a socket is taken for broken. */
const FAILURES = 1000
const EAGAIN = [11, 35]

/** Where frames land before it is known where they belong. One for all sockets. */
export class Landing {
  readonly entries: Block
  readonly cell: Block
  readonly notice: Block
  block: Block
  readonly peers: Peers
  readonly #native: Native
  #limit = 0

  constructor(native: Native, peers: Peers) {
    this.#native = native
    this.peers = peers
    this.entries = native.block(ROWS * ENTRY_BYTES)
    this.cell = native.block(16)
    this.notice = native.block(4096)
    this.block = native.block(BYTES)
  }

  /** From now on there is room for any frame of `limit` bytes behind a batch. Memory that is not used is not taken from the system. */
  reach(limit: number): void {
    if (limit <= this.#limit) return
    this.block = this.#native.block(2 * BYTES + limit)
    this.#limit = limit
  }

  /** Makes room for `room` bytes from `at` on, and keeps what is before. */
  grow(at: number, room: number): void {
    if (at + room <= this.block.size) return
    const larger = this.#native.block(Math.max(at + room, this.block.size * 1.5))
    this.#native.copy(this.block, 0, at, larger, 0)
    this.block = larger
  }

  /** Nothing lies here now. */
  rest(used: number): void {
    if (used > KEPT) this.block = this.#native.block(2 * BYTES + this.#limit)
  }
}

/** One socket of the receiving thread. */
export class Ear {
  readonly id: number
  readonly writer: Writer
  /** Whether something may be there to be taken. */
  ready = true
  /** Whether every event so far has been told. */
  quiet = false
  /** Descriptors that tell of messages and of events. */
  readonly descriptor: number
  readonly monitorDescriptor: number
  readonly #native: Native
  readonly #landing: Landing
  readonly #now: () => number
  readonly #source: number
  readonly #limit: number
  #socket: number
  #monitor = 0
  #failures = 0
  /** Connections that have begun and not ended, as far as the monitor has been read. */
  #connections = 0
  /** Messages of more than one connection may be waiting: until nothing waits and there is one at most. */
  #mixed = true
  /** Events that were read in the middle of a turn. */
  readonly #early: RawEvent[] = []

  /** Throws an Error with the words of libzmq. */
  constructor(
    native: Native,
    plan: Extract<Command, { do: 'open' }>,
    writer: Writer,
    landing: Landing,
    now: () => number,
  ) {
    this.id = plan.socket
    this.writer = writer
    this.#native = native
    this.#landing = landing
    this.#now = now
    this.#source = plan.source
    this.#limit = plan.limit
    landing.reach(plan.limit)
    this.#socket = native.socket(plan.type)
    if (this.#socket === 0) throw new Refusal(native.error())
    for (const option of plan.options) if (!native.set(this.#socket, option)) this.#refuse()
    this.#monitor = native.monitor(this.#socket, `inproc://socket-${plan.socket}`)
    if (this.#monitor === 0) this.#refuse()
    this.descriptor = native.descriptor(this.#socket)
    this.monitorDescriptor = native.descriptor(this.#monitor)
    if (this.descriptor < 0 || this.monitorDescriptor < 0) this.#refuse()
  }

  /** Whether libzmq has been told to let go of it. */
  get closed(): boolean {
    return this.#socket === 0
  }

  /** Whether it could take something now. */
  get hungry(): boolean {
    return this.ready && this.#socket !== 0 && this.writer.ready
  }

  set(option: Extract<Command, { do: 'set' }>['option']): void {
    if (this.closed) return
    this.ready = true // every call may take the news that the descriptor would have told
    if (!this.#native.set(this.#socket, option)) throw new Refusal(this.#native.error())
  }

  /** Throws a Refusal. Gives the socket's address as libzmq knows it, after a bind. */
  attach(how: 'bind' | 'connect' | 'disconnect', address: string): string {
    if (this.closed) return ''
    this.ready = true
    if (!this.#native[how](this.#socket, address)) throw new Refusal(this.#native.error())
    return how === 'bind' ? this.#native.lastEndpoint(this.#socket) : ''
  }

  /** libzmq lets go of the socket when it can; the monitor's last event says so. */
  close(): void {
    if (this.closed) return
    this.#native.close(this.#socket)
    this.#socket = 0
  }

  /**
   * Takes what is there, for as long as a turn may take. Who sent a message is asked of the message, which costs half as much again; where there is one connection, of the first of a turn
   * alone, and the others have it from there unless a connection began or ended meanwhile: then who sent them is not known. Gives how many messages that was. Throws a Refusal when it can be read no more. */
  turn(): number {
    const { writer } = this
    const landing = this.#landing
    const native = this.#native
    const { entries, cell } = landing
    const began = this.#now()
    let time = began
    let taken = 0
    let bytes = 0
    let lookAt = CLOCK_BYTES
    // What lies on the landing from `from` to `at` are `rows` rows that have their room in the slab, at `shift` from where they lie.
    let from = 0
    let at = 0
    let rows = 0
    let shift = writer.end
    // Whether each message is asked; if not, whom the others are from, and how many rows of this batch were asked themselves.
    let exact = true
    let peer = 0
    let asked = 0
    const write = () => {
      if (!exact && this.#stirred()) {
        exact = true
        peer = 0
        for (let n = asked + 1; n <= rows; n++) setPeer(entries, n, 0)
      }
      if (rows > 0) writer.write(landing.block, from, at - from, entries, rows)
      rows = asked = 0
    }
    for (;;) {
      const start = at
      let frames = 0
      do {
        landing.grow(at, this.#limit)
        const room = landing.block.size - at
        const first = exact && frames === 0
        const size = first
          ? native.receiveFrom(this.#socket, landing.block, at, room)
          : native.receive(this.#socket, landing.block, at, room)
        if (size < 0) {
          at = start
          write()
          landing.rest(at)
          this.#failed(native.error())
          return taken
        }
        if (size > room)
          throw new Refusal({ errno: 0, message: `libzmq gave a frame of ${size} bytes, beyond the limit.` })
        if (first) {
          peer = landing.peers.number(native.sender())
          if (size > CLOCK_BYTES) native.release() // else it would be held until the next turn
        }
        sizeAt(frames, size)
        frames++
        at += size
      } while (native.more(this.#socket, cell))
      this.#failures = 0
      const end = at
      bytes += end - start
      if ((++taken & (CLOCK_MESSAGES - 1)) === 0 || bytes >= lookAt) {
        time = this.#now()
        lookAt = bytes + CLOCK_BYTES
      }
      if (frames > 1) {
        landing.grow(at, frames * 4)
        const { view } = landing.block
        for (let f = 0; f < frames; f++, at += 4) view.setUint32(at, sizes[f]!, true)
      }
      if (!writer.fits(at - from, rows + 1)) {
        const behind = at
        at = start
        write()
        from = start
        at = behind
        if (!writer.advance(at - start + ENTRY_BYTES)) {
          writer.keep(landing.block, start, {
            size: at - start,
            bytes: end - start,
            frames,
            time,
            source: this.#source,
            peer,
          })
          landing.rest(at)
          return taken
        }
        shift = writer.end - start
      }
      rows++
      writeEntry(entries, rows, start + shift, end + shift, frames, time, this.#source, peer)
      if (exact) {
        asked = rows
        exact = this.#mixed || this.#connections > 1
      }
      const long = time - began >= TURN_MS || bytes >= TURN_BYTES
      if (rows < ROWS && at - from < BYTES && !long) continue
      write()
      landing.rest(at)
      if (long) return taken
      from = at = 0
      shift = writer.end
    }
  }

  /** Ends the monitor too, without waiting for its last event. */
  forget(): void {
    if (this.#monitor !== 0) this.#native.close(this.#monitor)
    this.#monitor = 0
  }

  /** Events since the last look, and whether the last of all was among them. */
  events(into: RawEvent[]): boolean {
    into.push(...this.#early.splice(0))
    return this.#look(into)
  }

  /** Reads the monitor; true when its last event was there. */
  #look(into: RawEvent[]): boolean {
    const { cell, notice } = this.#landing
    this.quiet = false
    for (let n = 0; this.#monitor !== 0 && n < EVENTS; n++) {
      if (this.#native.receive(this.#monitor, cell, 24, 8) < 0) {
        this.quiet = true
        return false
      }
      const event = cell.view.getUint16(24, true)
      const value = cell.view.getUint32(26, true)
      const size = Math.min(notice.size, this.#native.receive(this.#monitor, notice, 0, notice.size))
      const address = size <= 0 ? '' : Buffer.from(notice.bytes.subarray(0, size)).toString()
      if (event === STOPPED) {
        this.forget()
        return true
      }
      if ((BEGINS & event) !== 0) this.#connections++
      if ((ENDS & event) !== 0) this.#connections = Math.max(0, this.#connections - 1)
      if (((BEGINS | ENDS) & event) !== 0) this.#mixed = true
      into.push([this.id, event, value, address, WITH_ERRNO & event ? this.#native.meaning(value) : ''])
    }
    return false
  }

  /** Whether a connection has begun or ended since the last look: libzmq tells of one before any of its messages can be read. */
  #stirred(): boolean {
    this.#look(this.#early)
    if (this.#early.length > 0) this.quiet = false
    return this.#mixed || !this.quiet
  }

  #failed(error: RawError): void {
    this.ready = !EAGAIN.includes(error.errno)
    if (!this.ready) {
      this.#failures = 0
      this.#mixed = this.#connections > 1
    } else if (++this.#failures >= FAILURES) throw new Refusal(error)
  }

  #refuse(): never {
    const error = this.#native.error()
    this.forget()
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

const STOPPED = 0x0400
/** Events of a connection that begins (connected, accepted), and of one that ends (disconnected). */
const BEGINS = 0x0001 | 0x0020
const ENDS = 0x0200
/** Events whose value is an error's number: bind, accept and close failed, handshake failed for a reason of the system. */
const WITH_ERRNO = 0x0010 | 0x0040 | 0x0100 | 0x0800

/** Sizes of the frames of the message that is being taken. */
let sizes = new Float64Array(64)
function sizeAt(frame: number, size: number): void {
  if (frame === sizes.length) {
    const more = new Float64Array(frame * 2)
    more.set(sizes)
    sizes = more
  }
  sizes[frame] = size
}
