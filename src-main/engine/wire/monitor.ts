import type { Block } from './block.js'
import { PIPES_STATS, type Native } from './native.js'
import type { Queue } from './queue.js'
import type { RawEvent } from './protocol.js'

/** Events of one socket that are told at once. */
const EVENTS = 256

/** Bytes of an event's first frame of version 1: its number (u16) and value (u32). */
const EVENT_BYTES = 6
const STOPPED = 0x0400
/** Events of a socket that is bound: their local address is where it listens. */
const LISTENS = 0x0008 | 0x0020
/** Events of a connection that begins (connected, accepted), and of one that ends (disconnected). */
const BEGINS = 0x0001 | 0x0020
const ENDS = 0x0200
/** Events whose value is an error's number: bind, accept and close failed, handshake failed for a reason of the system. */
const WITH_ERRNO = 0x0010 | 0x0040 | 0x0100 | 0x0800

/** One event. `values` has one; of PIPES_STATS two: messages on their way out, and in. `remote` is '' where libzmq tells one address alone. */
interface Notice {
  readonly event: number
  readonly values: readonly number[]
  readonly local: string
  readonly remote: string
}

/** What libzmq tells of one socket's connections. */
export class Monitor {
  /** Descriptor that tells of events; -1 where there is none. */
  readonly descriptor: number
  /** Whether every event so far has been told. */
  quiet = false
  readonly #native: Native
  readonly #id: number
  readonly #notice: Block
  #socket: number
  /** Connections that have begun and not ended, as far as has been read here. */
  #connections = 0
  /** Of those that ended, how many may still have messages on their way here: libzmq tells of the end first. */
  #ending = 0
  /** Connections of which messages may wait. */
  #sources = 0
  /** Whether any has ever ended. */
  #lost = false
  /** Events that were read in the middle of a turn. */
  readonly #early: RawEvent[] = []
  /** Local addresses of connections that came in. */
  readonly #listens = new Set<string>()
  /** What is to hear how much waits. */
  #queue: Queue | undefined

  /** @param id the socket's number in what is told. @param socket its monitor, see Native.monitor. @param notice where an event’s frames are read */
  constructor(native: Native, id: number, socket: number, notice: Block) {
    this.#native = native
    this.#id = id
    this.#socket = socket
    this.#notice = notice
    this.descriptor = native.descriptor(socket)
  }

  /** Whether messages of more than one connection may be waiting. */
  get several(): boolean {
    return this.#sources > 1
  }

  /** Nothing is waiting now. */
  drained(): void {
    this.#sources = this.#connections + this.#ending
    this.#ending = 0
  }

  /** Reads what was told, for `take`; false unless all that may have come since the last look is from one connection. libzmq tells of one before any of its messages can be read. */
  alone(): boolean {
    return this.#peek() && !this.several
  }

  /** Reads what was told, for `take`; false unless every connection that there ever was is still there. libzmq tells of an end before it takes down anything that belongs to the connection. */
  whole(): boolean {
    return this.#peek() && !this.#lost
  }

  /** We are about to end a connection. */
  parting(): void {
    this.#lost = true
  }

  /** From now on `queue` hears how much waits, when libzmq is asked. */
  tell(queue: Queue | undefined): void {
    this.#queue = queue
  }

  /** Events since the last time; true when the last of all was among them. */
  take(into: RawEvent[]): boolean {
    into.push(...this.#early.splice(0))
    return this.#read(into)
  }

  /** Ends it, without waiting for its last event. */
  close(): void {
    if (this.#socket !== 0) this.#native.close(this.#socket)
    this.#socket = 0
  }

  /** Reads ahead; true when that was all there is. */
  #peek(): boolean {
    this.#read(this.#early)
    const read = this.quiet
    if (this.#early.length > 0) this.quiet = false
    return read
  }

  #read(into: RawEvent[]): boolean {
    this.quiet = false
    for (let n = 0; n < EVENTS; n++) {
      const notice = this.#next()
      if (notice === undefined) {
        this.quiet = true
        return false
      }
      const { event, values, local, remote } = notice
      if (event === PIPES_STATS) {
        // The other end of ipc has no name, but for where we went.
        const from = remote === '' || remote.endsWith('://') ? local : remote
        this.#queue?.told(`${local} ${remote}`, from, values[1] ?? 0)
        continue
      }
      if (event === STOPPED) {
        this.close()
        return true
      }
      if ((BEGINS & event) !== 0) {
        this.#connections++
        this.#sources++
      }
      this.#lost ||= (ENDS & event) !== 0
      if ((ENDS & event) !== 0 && this.#connections > 0) {
        this.#connections--
        this.#ending++
      }
      if ((LISTENS & event) !== 0) this.#listens.add(local)
      // One address names a connection: where it came in, or where we went.
      const address = remote === '' || this.#listens.has(local) ? local : remote
      const value = values[0] ?? 0
      into.push([this.#id, event, value, address, WITH_ERRNO & event ? this.#native.meaning(value) : ''])
    }
    return false
  }

  /** The next event; undefined when there is none. */
  #next(): Notice | undefined {
    if (this.#socket === 0) return undefined
    return this.#native.monitorVersion === 1 ? this.#nextOfOne() : this.#nextOfTwo()
  }

  /** zmq_socket_monitor(3): a frame of the event's number and value, one of an address. */
  #nextOfOne(): Notice | undefined {
    const { view } = this.#notice
    if (this.#frame() < EVENT_BYTES) return undefined
    const [event, value] = [view.getUint16(0, true), view.getUint32(2, true)]
    return { event, values: [value], local: this.#text(), remote: '' }
  }

  /** zmq_socket_monitor_versioned(3), version 2: the event's number, how many values, each of them, both addresses; numbers of 64 bits, in frames of their own. */
  #nextOfTwo(): Notice | undefined {
    const number = () => (this.#frame() < 8 ? 0 : Number(this.#notice.view.getBigUint64(0, true)))
    if (this.#frame() < 8) return undefined
    const event = this.#notice.view.getUint32(0, true)
    const values = Array.from({ length: number() }, number)
    return { event, values, local: this.#text(), remote: this.#text() }
  }

  /** Reads a frame; gives its size, which is less than 0 where there is none. */
  #frame(): number {
    const { size } = this.#notice
    return Math.min(size, this.#native.receive(this.#socket, this.#notice, 0, size))
  }

  #text(): string {
    const size = this.#frame()
    return size <= 0 ? '' : Buffer.from(this.#notice.bytes.subarray(0, size)).toString()
  }
}
