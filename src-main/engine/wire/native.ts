import type Koffi from 'koffi'
import { Block, type Memory } from './block.js'
import { findCalls, type Calls } from './calls.js'
import type { RawError, RawOption } from './protocol.js'

/*
 * Every call out of JavaScript is made here, and nowhere else. What they must respect:
 *  - An address is only ever that of a Block's memory or of a slab's (see lane.ts): an ArrayBuffer of its own, which V8 neither moves nor frees while somebody holds
 *    it. (Small typed arrays lie on V8's heap and move; koffi would take their address all the same.) Or it is where messages of libzmq's that are held in a place have their bytes, from the
 *    first of a stretch to the last with their headers between (see hand.ts): C reads there alone, and before another message is taken into any of those places.
 *  - C writes only between 0 and the block's size: every call that writes says how much it may, and that is checked before the call.
 *  - A socket or context is a number here, 0 once it is closed; no call is made with 0.
 *  - One thread makes all calls on a socket; the context alone may be told to shut down from elsewhere, and is not.
 *  - What waits in a pipe is asked only while the pipe's other end is there: see askPipes.
 *  - No call waits longer than WAIT_MS, since a thread that is in C cannot be stopped: receiving is always ZMQ_DONTWAIT.
 * Valgrind finds nothing in a session that receives 3,000 messages by the thread, of one frame and of three, small and large, and is closed (its default options, --smc-check=all-non-file). koffi makes each
 * call on a stack of its own: where valgrind is told to take the change of stacks for one large frame (--max-stackframe), it reports accesses in all that lies between, libzmq or not.
 */

/** Milliseconds that a call may wait. */
export const WAIT_MS = 100

const PAIR = 0
const DONTWAIT = 1
const SNDMORE = 2
const option = { fd: 14, events: 15, lastEndpoint: 32 }
const context = { maxSockets: 2, blocky: 70 }
const ALL_EVENTS = 0xffff
/** ZMQ_EVENT_PIPES_STATS: a monitor of version 2 tells it when it is asked to. */
export const PIPES_STATS = 0x10000
const POLLIN = 1
/** Bytes of zmq_msg_t (zmq.h), which has been so since 4.0 and is part of its binary interface. */
const MESSAGE_BYTES = 64
/** Messages of libzmq's that can be held at once. */
export const PLACES = 512
/** errno of Linux and macOS. */
const EINTR = 4
const EAGAIN = [11, 35]

/** What libzmq and the C library do for us. Throws where anything of it is missing, but for libzmq's drafts. */
export class Native {
  readonly koffi: typeof Koffi
  readonly #calls: Calls
  readonly #context: number
  #open = true
  /** Room for option values, addresses, events. */
  readonly #scratch: Block
  /** libzmq's own messages (zmq_msg_t), always initialised: each holds the frame that was taken into its place last, until the next is. */
  readonly places: Block
  /** The address of each place. What is in a list of numbers alone is made an object anew with each call; the null makes it none. */
  readonly #addresses: readonly (number | null)[]
  /** The name of the property that tells who sent a message, as C has it. */
  readonly #property: Block

  /** @param addon zeromq's, which this process has loaded already; opening it again gives the same library. */
  constructor(koffi: typeof Koffi, addon: string) {
    this.koffi = koffi
    this.#calls = findCalls(koffi, addon)
    this.#scratch = new Block(koffi, 64 * 1024)
    this.places = new Block(koffi, PLACES * MESSAGE_BYTES)
    const { address } = this.places
    this.#addresses = [...Array.from({ length: PLACES }, (_, n) => address + n * MESSAGE_BYTES), null]
    for (let n = 0; n < PLACES; n++) this.#calls.messageInit(this.#place(n))
    this.#property = new Block(koffi, 0)
    this.#property.bytes.set(new TextEncoder().encode('Peer-Address'))
    this.#context = this.#calls.ctxNew()
    if (this.#context === 0) throw new Error('libzmq made no context.')
    this.#calls.ctxSet(this.#context, context.blocky, 0)
    this.#calls.ctxSet(this.#context, context.maxSockets, 8192)
  }

  block(size: number): Block {
    return new Block(this.koffi, size)
  }

  get version(): string {
    const { address, words } = this.#scratch
    this.#calls.version(address, address + 4, address + 8)
    return `${words[0]!}.${words[1]!}.${words[2]!}`
  }

  /** The last error of this thread. Meaningful only directly behind a call that failed. */
  error(): RawError {
    const errno = this.#calls.errno()
    return { errno, message: this.#calls.strerror(errno) }
  }

  /** Whether that error is only that there is nothing now. */
  get empty(): boolean {
    return EAGAIN.includes(this.#calls.errno())
  }

  meaning(errno: number): string {
    return this.#calls.strerror(errno)
  }

  /** A socket; 0 when there can be none: see `error`. */
  socket(type: number): number {
    return this.#open ? this.#calls.socket(this.#context, type) : 0
  }

  /** What monitors tell: 2 where libzmq has its draft interface, with both addresses of a connection and, when asked, what waits in its pipe; else 1. */
  get monitorVersion(): 1 | 2 {
    return this.#calls.drafts === undefined ? 1 : 2
  }

  /** A socket that reports another one's events, as `monitorVersion` says; 0 when there can be none. */
  monitor(of: number, name: string): number {
    const { drafts, monitor } = this.#calls
    const began =
      this.monitorVersion === 2
        ? drafts!.monitor(live(of), name, ALL_EVENTS | PIPES_STATS, 2, PAIR)
        : monitor(live(of), name, ALL_EVENTS)
    if (began < 0) return 0
    const socket = this.socket(PAIR)
    if (socket !== 0 && this.#calls.connect(socket, name) === 0) return socket
    if (socket !== 0) this.#calls.close(socket)
    return 0
  }

  /** Ends every call with this socket: it is 0 for its owner from now on. libzmq lets go of it later, and its monitor says when. */
  close(socket: number): void {
    this.#calls.close(live(socket))
  }

  set(socket: number, raw: RawOption): boolean {
    const { address, view, bytes } = this.#scratch
    let size: number
    if ('int' in raw) {
      view.setInt32(0, raw.int, true)
      size = 4
    } else if ('int64' in raw) {
      view.setBigInt64(0, BigInt(raw.int64), true)
      size = 8
    } else {
      const { read, written } = new TextEncoder().encodeInto(raw.text, bytes)
      if (read < raw.text.length) throw new RangeError('This option is too long.')
      size = written
    }
    return this.#calls.setOption(live(socket), raw.id, address, size) === 0
  }

  /** The descriptor that tells of news for this socket. Edge by edge: after it told, the socket must be read until nothing is there. */
  descriptor(socket: number): number {
    return this.#number(socket, option.fd) ?? -1
  }

  /**
   * Has a socket's monitor tell of each pipe what waits in it, soon. False where there is no pipe, or no draft interface. Only for a socket of which no connection has ever ended: libzmq 4.3.5 sends the
   * question to the pipe's other end though that may be gone already, and then its thread crashes (its issue 4524; mended after that release). Of an end the monitor tells first, see Monitor.whole.
   */
  askPipes(socket: number): boolean {
    return this.#calls.drafts?.askPipes(live(socket)) === 0
  }

  /** Whether a message can be taken. Whatever libzmq's own threads had for this socket has reached it then. */
  waits(socket: number): boolean {
    return ((this.#number(socket, option.events) ?? 0) & POLLIN) !== 0
  }

  lastEndpoint(socket: number): string {
    const { address, bytes, view } = this.#scratch
    view.setBigInt64(0, 4096n, true)
    if (this.#calls.getOption(live(socket), option.lastEndpoint, address + 8, address) !== 0) return ''
    return new TextDecoder().decode(bytes.slice(8, 8 + Number(view.getBigInt64(0, true)) - 1))
  }

  bind(socket: number, address: string): boolean {
    return this.#calls.bind(live(socket), address) === 0
  }

  connect(socket: number, address: string): boolean {
    return this.#calls.connect(live(socket), address) === 0
  }

  disconnect(socket: number, address: string): boolean {
    return this.#calls.disconnect(live(socket), address) === 0
  }

  /** One frame, for whoever waits for an answer. False when it cannot be sent now. @param more whether others of its message follow */
  send(socket: number, frame: Uint8Array, more: boolean): boolean {
    const { address, bytes, size } = this.#scratch
    if (frame.byteLength > size) throw new RangeError('There is no such room.')
    bytes.set(frame)
    return this.#calls.send(live(socket), address, frame.byteLength, DONTWAIT | (more ? SNDMORE : 0)) >= 0
  }

  /**
   * One frame into a block, from `at` on, at most `room` bytes. Gives its size; -1 when there is none now, or for what `error` says. A frame that is larger than
   * `room` is cut by libzmq: the caller sees that from its size.
   */
  receive(socket: number, into: Block, at: number, room: number): number {
    if (at < 0 || room < 0 || at + room > into.size) throw new RangeError('There is no such room.')
    return this.#calls.receive(live(socket), into.address + at, room, DONTWAIT)
  }

  /** As `receive`, but the frame stays in libzmq's memory, whatever its size, held in place `n` until another is taken into that or it is let go. */
  take(socket: number, n: number): number {
    return this.#calls.messageReceive(this.#place(n), live(socket), DONTWAIT)
  }

  /** Where the frame in place `n` has its bytes. It has some. */
  data(n: number): number {
    return this.#calls.messageData(this.#place(n))
  }

  /** Where in the places' own memory an address lies; -1 when it lies elsewhere. libzmq keeps small frames within the message. */
  inside(address: number): number {
    const at = address - this.places.address
    return at < this.places.size ? Math.max(at, -1) : -1
  }

  /** Whether another frame follows the one in place `n`. */
  more(n: number): boolean {
    return this.#calls.messageMore(this.#place(n)) !== 0
  }

  /** The address of whoever sent the frame in place `n`; '' where the transport does not tell. */
  sender(n: number): string {
    return this.#calls.messageGets(this.#place(n), this.#property.address) ?? ''
  }

  /** Gives back the memory of the frame in place `n`. */
  release(n: number): void {
    this.#calls.messageClose(this.#place(n))
    this.#calls.messageInit(this.#place(n))
  }

  /** Copies into memory that another thread owns and has lent: `room` bytes of it are ours from `address` on. */
  copyOut(from: Memory, at: number, size: number, address: number, room: number): void {
    if (at < 0 || size < 0 || at + size > from.size || size > room || address <= 0)
      throw new RangeError('There is no such room.')
    this.#calls.memcpy(address, from.address + at, size)
  }

  /** Copies the first `size` bytes of memory to a block that it is no part of. */
  copy(from: Memory, size: number, to: Block, at: number): void {
    if (size < 0 || at < 0 || size > from.size || at + size > to.size) throw new RangeError('There is no such room.')
    this.#calls.memcpy(to.address + at, from.address, size)
  }

  /** Waits for any of `count` descriptors: pairs of words in `items`, of which the first is the descriptor, -1 for none. Afterwards `told` says which. */
  wait(items: Block, count: number, ms: number): void {
    if (count * 8 > items.size) throw new RangeError('There is no such room.')
    for (let i = 0; i < count; i++) items.words[i * 2 + 1] = POLLIN
    if (this.#calls.poll(items.address, count, Math.min(ms, WAIT_MS)) < 0)
      for (let i = 0; i < count; i++) items.words[i * 2 + 1] = 0
  }

  told(items: Block, i: number): boolean {
    return items.words[i * 2 + 1]! >> 16 !== 0
  }

  /** @param µs fewer than a wait may take */
  rest(µs: number): void {
    if (µs > 0) this.#calls.sleep(Math.min(µs, WAIT_MS * 1000))
  }

  /** A pipe: what is written to the second wakes whoever waits for the first. */
  pipe(): [number, number] {
    const { address, words } = this.#scratch
    if (this.#calls.pipe(address) !== 0) throw new Error(`There can be no pipe: ${this.error().message}`)
    return [words[0]!, words[1]!]
  }

  /** Takes the one byte that is in a pipe, or will be in a moment. */
  takeByte(fd: number): void {
    this.#calls.read(fd, this.#scratch.address, 1)
  }

  closeDescriptor(fd: number): void {
    this.#calls.closeFd(fd)
  }

  /** After every socket is closed. Waits until libzmq has let go of all of them; none of them lingers. */
  end(): void {
    if (!this.#open) return
    this.#open = false
    for (let n = 0; n < PLACES; n++) this.release(n)
    while (this.#calls.ctxTerm(this.#context) !== 0 && this.#calls.errno() === EINTR);
  }

  /** An option that is a whole number; undefined where libzmq does not tell. */
  #number(socket: number, id: number): number | undefined {
    const { address, words, view } = this.#scratch
    view.setBigInt64(8, 4n, true)
    return this.#calls.getOption(live(socket), id, address, address + 8) === 0 ? words[0] : undefined
  }

  #place(n: number): number {
    const place = this.#addresses[n]
    if (place === undefined || place === null) throw new RangeError('There is no such place.')
    return place
  }
}

function live(socket: number): number {
  if (socket === 0) throw new Error('This socket is closed.')
  return socket
}
