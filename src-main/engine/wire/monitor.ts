import type { Block } from './block.js'
import type { Native } from './native.js'
import type { RawEvent } from './protocol.js'

/** Events of one socket that are told at once. */
const EVENTS = 256

/** Bytes of an event's first frame: its number (u16) and value (u32). */
const EVENT_BYTES = 6
const STOPPED = 0x0400
/** Events of a connection that begins (connected, accepted), and of one that ends (disconnected). */
const BEGINS = 0x0001 | 0x0020
const ENDS = 0x0200
/** Events whose value is an error's number: bind, accept and close failed, handshake failed for a reason of the system. */
const WITH_ERRNO = 0x0010 | 0x0040 | 0x0100 | 0x0800

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
  /** Events that were read in the middle of a turn. */
  readonly #early: RawEvent[] = []

  /** @param id the socket's number in what is told. @param socket its monitor, see Native.monitor. @param notice where an event's two frames are read */
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
    this.#read(this.#early)
    const read = this.quiet
    if (this.#early.length > 0) this.quiet = false
    return read && !this.several
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

  #read(into: RawEvent[]): boolean {
    const notice = this.#notice
    this.quiet = false
    for (let n = 0; this.#socket !== 0 && n < EVENTS; n++) {
      if (this.#native.receive(this.#socket, notice, 0, EVENT_BYTES) < 0) {
        this.quiet = true
        return false
      }
      const event = notice.view.getUint16(0, true)
      const value = notice.view.getUint32(2, true)
      const room = notice.size - EVENT_BYTES
      const size = Math.min(room, this.#native.receive(this.#socket, notice, EVENT_BYTES, room))
      const address = size <= 0 ? '' : Buffer.from(notice.bytes.subarray(EVENT_BYTES, EVENT_BYTES + size)).toString()
      if (event === STOPPED) {
        this.close()
        return true
      }
      if ((BEGINS & event) !== 0) {
        this.#connections++
        this.#sources++
      }
      if ((ENDS & event) !== 0 && this.#connections > 0) {
        this.#connections--
        this.#ending++
      }
      into.push([this.#id, event, value, address, WITH_ERRNO & event ? this.#native.meaning(value) : ''])
    }
    return false
  }
}
