import { ENTRY_BYTES } from '../slab.js'
import { BYTES, ROWS, type Landing } from './landing.js'
import { Monitor } from './monitor.js'
import type { Native } from './native.js'
import type { RawError, RawOption, SocketPlan } from './protocol.js'
import { setPeer, writeEntry, type Writer } from './writer.js'

/** A turn ends after this many milliseconds, so that no socket starves another one. */
const TURN_MS = 2
/** Between two looks at the clock: so many messages, or so many bytes. */
const CLOCK_MESSAGES = 16
const CLOCK_BYTES = 64 * 1024
/** A message of one frame of at least so many bytes goes from libzmq's memory to its slab at once: a call or two more, and one copy less. */
const LARGE = 16 * 1024
/** Consecutive failures after which a socket is taken for broken. */
const FAILURES = 1000

/** One socket of the receiving thread. */
export class Ear {
  readonly id: number
  readonly writer: Writer
  readonly monitor: Monitor
  /** Whether something may be there to be taken. */
  ready = true
  /** Descriptor that tells of messages. */
  readonly descriptor: number
  readonly #native: Native
  readonly #landing: Landing
  readonly #now: () => number
  readonly #source: number
  readonly #limit: number
  #socket: number
  #failures = 0
  /** Whether the last message began with a large frame: then the next one probably does. */
  #large = false

  /** Throws an Error with the words of libzmq. */
  constructor(native: Native, id: number, plan: SocketPlan, writer: Writer, landing: Landing, now: () => number) {
    this.id = id
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
    const monitor = native.monitor(this.#socket, `inproc://socket-${id}`)
    if (monitor === 0) this.#refuse()
    this.monitor = new Monitor(native, id, monitor, landing.cell, landing.notice)
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
   * Takes what is there, for as long as a turn may take. Who sent a message is asked of the message, which costs half as much again; where all that waits is from one connection, of the first of a
   * turn alone, and the others have it from there unless a connection began meanwhile: then who sent them is not known. Gives how many messages that was. Throws a Refusal when it can be read no more.
   */
  turn(): number {
    const { writer, monitor } = this
    const landing = this.#landing
    const native = this.#native
    const { entries, cell } = landing
    const began = this.#now()
    let time = began
    let taken = 0
    let bytes = 0
    let lookAt = CLOCK_BYTES
    // What lies on the landing from `from` to `at` are `rows` rows that have their room in the slab, at `shift` from where they lie; `payload` of it are not tables.
    let from = 0
    let at = 0
    let rows = 0
    let payload = 0
    let shift = writer.end
    // What that slab has left for them.
    let room = writer.room
    // Whether each message is asked; if not, whom the others are from, and how many rows of this batch were asked themselves.
    let exact = true
    let peer = 0
    let asked = 0
    const write = () => {
      if (!exact && !monitor.alone()) {
        exact = true
        peer = 0
        for (let n = asked + 1; n <= rows; n++) setPeer(entries, n, 0)
      }
      if (rows > 0) writer.write(landing.block, from, at - from, entries, rows, payload)
      rows = asked = payload = 0
      room = writer.room
    }
    for (;;) {
      const start = at
      let frames = 0
      let whole = false
      do {
        landing.grow(at, this.#limit)
        const space = landing.block.size - at
        const own = frames === 0 && (exact || this.#large)
        const size = own ? native.take(this.#socket) : native.receive(this.#socket, landing.block, at, space)
        if (size < 0) {
          const error = native.empty ? undefined : native.error()
          at = start
          write()
          landing.rest(at)
          this.#failed(error)
          return taken
        }
        if (size > space)
          throw new Refusal({ errno: 0, message: `libzmq gave a frame of ${size} bytes, beyond the limit.` })
        if (frames === 0) this.#large = size >= LARGE
        if (own) {
          peer = landing.peers.number(native.sender())
          whole = this.#large && !native.takenMore()
          if (!whole && size > 0) native.copy(native.taken, 0, size, landing.block, at)
        }
        sizeAt(frames, size)
        frames++
        at += size
      } while (!whole && native.more(this.#socket, cell))
      this.#failures = 0
      const end = at
      bytes += end - start
      if ((++taken & (CLOCK_MESSAGES - 1)) === 0 || bytes >= lookAt) {
        time = this.#now()
        lookAt = bytes + CLOCK_BYTES
      }
      if (whole) {
        at = start
        write()
        const size = end - start
        const placed = this.#place(size, time, peer)
        if (size > CLOCK_BYTES) native.release() // else it would be held until the next is taken
        if (placed && time - began < TURN_MS) {
          exact = monitor.several
          from = at = 0
          shift = writer.end
          room = writer.room
          continue
        }
        landing.rest(at)
        return taken
      }
      if (frames > 1) {
        landing.grow(at, frames * 4)
        const { view } = landing.block
        for (let f = 0; f < frames; f++, at += 4) view.setUint32(at, sizes[f]!, true)
      }
      if (at - from + (rows + 1) * ENTRY_BYTES > room) {
        const behind = at
        at = start
        write()
        from = start
        at = behind
        if (!writer.advance(at - start + ENTRY_BYTES)) {
          const row = { size: at - start, bytes: end - start, frames, time, source: this.#source, peer }
          writer.keep(landing.block, start, row)
          landing.rest(at)
          return taken
        }
        shift = writer.end - start
        room = writer.room
      }
      rows++
      payload += end - start
      writeEntry(entries, rows, start + shift, end + shift, frames, time, this.#source, peer)
      if (exact) {
        asked = rows
        exact = monitor.several
      }
      const long = time - began >= TURN_MS
      if (rows < ROWS && at - from < BYTES && !long) continue
      write()
      landing.rest(at)
      if (long) return taken
      from = at = 0
      shift = writer.end
    }
  }

  /** Writes what was taken as a row of its own. False when there is no room for it now: then it has been kept aside. */
  #place(size: number, time: number, peer: number): boolean {
    const { writer } = this
    const { entries } = this.#landing
    const { taken } = this.#native
    if (!writer.fits(size, 1) && !writer.advance(size + ENTRY_BYTES)) {
      writer.keep(taken, 0, { size, bytes: size, frames: 1, time, source: this.#source, peer })
      return false
    }
    writeEntry(entries, 1, writer.end, writer.end + size, 1, time, this.#source, peer)
    writer.write(taken, 0, size, entries, 1, size)
    return true
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
let sizes = new Float64Array(64)
function sizeAt(frame: number, size: number): void {
  if (frame === sizes.length) {
    const more = new Float64Array(frame * 2)
    more.set(sizes)
    sizes = more
  }
  sizes[frame] = size
}
