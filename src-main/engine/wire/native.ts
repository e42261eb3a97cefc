import type Koffi from 'koffi'
import { Block, type Memory } from './block.js'
import type { RawError, RawOption } from './protocol.js'

/*
 * Every call out of JavaScript is made here, and nowhere else. What they must respect:
 *  - An address is only ever that of a Block's memory or of a slab's (see lane.ts): an ArrayBuffer of its own, which V8 neither moves nor frees while somebody holds
 *    it. (Small typed arrays lie on V8's heap and move; koffi would take their address all the same.) Or it is where messages of libzmq's that are held in a place have their bytes, from the
 *    first of a stretch to the last with their headers between (see hand.ts): C reads there alone, and before another message is taken into any of those places.
 *  - C writes only between 0 and the block's size: every call that writes says how much it may, and that is checked before the call.
 *  - A socket or context is a number here, 0 once it is closed; no call is made with 0.
 *  - One thread makes all calls on a socket; the context alone may be told to shut down from elsewhere, and is not.
 *  - No call waits longer than WAIT_MS, since a thread that is in C cannot be stopped: receiving is always ZMQ_DONTWAIT.
 * Valgrind finds nothing in a session that receives 3,000 messages by the thread, of one frame and of three, small and large, and is closed (its default options, --smc-check=all-non-file). koffi makes each
 * call on a stack of its own: where valgrind is told to take the change of stacks for one large frame (--max-stackframe), it reports accesses in all that lies between, libzmq or not.
 */

/** Milliseconds that a call may wait. */
export const WAIT_MS = 100

const PAIR = 0
const DONTWAIT = 1
const SNDMORE = 2
const option = { fd: 14, lastEndpoint: 32 }
const context = { maxSockets: 2, blocky: 70 }
const ALL_EVENTS = 0xffff
const POLLIN = 1
/** Bytes of zmq_msg_t (zmq.h), which has been so since 4.0 and is part of its binary interface. */
const MESSAGE_BYTES = 64
/** Messages of libzmq's that can be held at once. */
export const PLACES = 512
/** errno of Linux and macOS. */
const EINTR = 4
const EAGAIN = [11, 35]

type Call<A extends unknown[], R> = (...args: A) => R

/** libzmq's C interface, as zeromq's addon exports it, and four calls of the C library. Throws where anything of it is missing. */
export class Native {
  readonly koffi: typeof Koffi
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
  readonly #ctxNew: Call<[], number>
  readonly #ctxSet: Call<[context: number, option: number, value: number], number>
  readonly #ctxTerm: Call<[context: number], number>
  readonly #socket: Call<[context: number, type: number], number>
  readonly #close: Call<[socket: number], number>
  readonly #setOption: Call<[socket: number, option: number, value: number, size: number], number>
  readonly #getOption: Call<[socket: number, option: number, value: number, size: number], number>
  readonly #bind: Call<[socket: number, address: string], number>
  readonly #connect: Call<[socket: number, address: string], number>
  readonly #disconnect: Call<[socket: number, address: string], number>
  readonly #monitor: Call<[socket: number, address: string, events: number], number>
  readonly #send: Call<[socket: number, memory: number, size: number, flags: number], number>
  readonly #receive: Call<[socket: number, memory: number, size: number, flags: number], number>
  readonly #messageInit: Call<[message: number], number>
  readonly #messageReceive: Call<[message: number, socket: number, flags: number], number>
  readonly #messageData: Call<[message: number], number>
  readonly #messageMore: Call<[message: number], number>
  readonly #messageGets: Call<[message: number, property: number], string | null>
  readonly #messageClose: Call<[message: number], number>
  readonly #errno: Call<[], number>
  readonly #strerror: Call<[errno: number], string>
  readonly #version: Call<[major: number, minor: number, patch: number], void>
  readonly #memcpy: Call<[to: number, from: number, size: number], number>
  readonly #poll: Call<[items: number, count: number, ms: number], number>
  readonly #sleep: Call<[µs: number], number>
  readonly #pipe: Call<[pair: number], number>
  readonly #read: Call<[fd: number, memory: number, size: number], number>
  readonly #closeFd: Call<[fd: number], number>

  /** @param addon zeromq's, which this process has loaded already; opening it again gives the same library. */
  constructor(koffi: typeof Koffi, addon: string) {
    this.koffi = koffi
    const zmq = koffi.load(addon, { lazy: true })
    const libc = koffi.load(null)
    const at = 'uintptr_t' // An address or a socket: as a number it costs no BigInt on each call.
    const call = <A extends unknown[], R>(library: typeof zmq, name: string, gives: string, ...takes: string[]) =>
      library.func(name, gives, takes) as Call<A, R>
    this.#ctxNew = call(zmq, 'zmq_ctx_new', at)
    this.#ctxSet = call(zmq, 'zmq_ctx_set', 'int', at, 'int', 'int')
    this.#ctxTerm = call(zmq, 'zmq_ctx_term', 'int', at)
    this.#socket = call(zmq, 'zmq_socket', at, at, 'int')
    this.#close = call(zmq, 'zmq_close', 'int', at)
    this.#setOption = call(zmq, 'zmq_setsockopt', 'int', at, 'int', at, 'size_t')
    this.#getOption = call(zmq, 'zmq_getsockopt', 'int', at, 'int', at, at)
    this.#bind = call(zmq, 'zmq_bind', 'int', at, 'str')
    this.#connect = call(zmq, 'zmq_connect', 'int', at, 'str')
    this.#disconnect = call(zmq, 'zmq_disconnect', 'int', at, 'str')
    this.#monitor = call(zmq, 'zmq_socket_monitor', 'int', at, 'str', 'int')
    this.#send = call(zmq, 'zmq_send', 'int', at, at, 'size_t', 'int')
    this.#receive = call(zmq, 'zmq_recv', 'int', at, at, 'size_t', 'int')
    this.#messageInit = call(zmq, 'zmq_msg_init', 'int', at)
    this.#messageReceive = call(zmq, 'zmq_msg_recv', 'int', at, at, 'int')
    this.#messageData = call(zmq, 'zmq_msg_data', at, at)
    this.#messageMore = call(zmq, 'zmq_msg_more', 'int', at)
    this.#messageGets = call(zmq, 'zmq_msg_gets', 'str', at, at)
    this.#messageClose = call(zmq, 'zmq_msg_close', 'int', at)
    this.#errno = call(zmq, 'zmq_errno', 'int')
    this.#strerror = call(zmq, 'zmq_strerror', 'str', 'int')
    this.#version = call(zmq, 'zmq_version', 'void', at, at, at)
    this.#memcpy = call(libc, 'memcpy', at, at, at, 'size_t')
    this.#poll = call(libc, 'poll', 'int', at, 'ulong', 'int')
    this.#sleep = call(libc, 'usleep', 'int', 'uint')
    this.#pipe = call(libc, 'pipe', 'int', at)
    this.#read = call(libc, 'read', 'long', 'int', at, 'size_t')
    this.#closeFd = call(libc, 'close', 'int', 'int')
    this.#scratch = new Block(koffi, 64 * 1024)
    this.places = new Block(koffi, PLACES * MESSAGE_BYTES)
    const { address } = this.places
    this.#addresses = [...Array.from({ length: PLACES }, (_, n) => address + n * MESSAGE_BYTES), null]
    for (let n = 0; n < PLACES; n++) this.#messageInit(this.#place(n))
    this.#property = new Block(koffi, 0)
    this.#property.bytes.set(new TextEncoder().encode('Peer-Address'))
    this.#context = this.#ctxNew()
    if (this.#context === 0) throw new Error('libzmq made no context.')
    this.#ctxSet(this.#context, context.blocky, 0)
    this.#ctxSet(this.#context, context.maxSockets, 8192)
  }

  block(size: number): Block {
    return new Block(this.koffi, size)
  }

  get version(): string {
    const { address, words } = this.#scratch
    this.#version(address, address + 4, address + 8)
    return `${words[0]!}.${words[1]!}.${words[2]!}`
  }

  /** The last error of this thread. Meaningful only directly behind a call that failed. */
  error(): RawError {
    const errno = this.#errno()
    return { errno, message: this.#strerror(errno) }
  }

  /** Whether that error is only that there is nothing now. */
  get empty(): boolean {
    return EAGAIN.includes(this.#errno())
  }

  meaning(errno: number): string {
    return this.#strerror(errno)
  }

  /** A socket; 0 when there can be none: see `error`. */
  socket(type: number): number {
    return this.#open ? this.#socket(this.#context, type) : 0
  }

  /** A socket that reports another one's events; 0 when there can be none. */
  monitor(of: number, name: string): number {
    if (this.#monitor(live(of), name, ALL_EVENTS) < 0) return 0
    const socket = this.socket(PAIR)
    if (socket !== 0 && this.#connect(socket, name) === 0) return socket
    if (socket !== 0) this.#close(socket)
    return 0
  }

  /** Ends every call with this socket: it is 0 for its owner from now on. libzmq lets go of it later, and its monitor says when. */
  close(socket: number): void {
    this.#close(live(socket))
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
    return this.#setOption(live(socket), raw.id, address, size) === 0
  }

  /** The descriptor that tells of news for this socket. Edge by edge: after it told, the socket must be read until nothing is there. */
  descriptor(socket: number): number {
    const { address, words, view } = this.#scratch
    view.setBigInt64(8, 4n, true)
    if (this.#getOption(live(socket), option.fd, address, address + 8) !== 0) return -1
    return words[0]!
  }

  lastEndpoint(socket: number): string {
    const { address, bytes, view } = this.#scratch
    view.setBigInt64(0, 4096n, true)
    if (this.#getOption(live(socket), option.lastEndpoint, address + 8, address) !== 0) return ''
    return new TextDecoder().decode(bytes.slice(8, 8 + Number(view.getBigInt64(0, true)) - 1))
  }

  bind(socket: number, address: string): boolean {
    return this.#bind(live(socket), address) === 0
  }

  connect(socket: number, address: string): boolean {
    return this.#connect(live(socket), address) === 0
  }

  disconnect(socket: number, address: string): boolean {
    return this.#disconnect(live(socket), address) === 0
  }

  /** One frame, for whoever waits for an answer. False when it cannot be sent now. @param more whether others of its message follow */
  send(socket: number, frame: Uint8Array, more: boolean): boolean {
    const { address, bytes, size } = this.#scratch
    if (frame.byteLength > size) throw new RangeError('There is no such room.')
    bytes.set(frame)
    return this.#send(live(socket), address, frame.byteLength, DONTWAIT | (more ? SNDMORE : 0)) >= 0
  }

  /**
   * One frame into a block, from `at` on, at most `room` bytes. Gives its size; -1 when there is none now, or for what `error` says. A frame that is larger than
   * `room` is cut by libzmq: the caller sees that from its size.
   */
  receive(socket: number, into: Block, at: number, room: number): number {
    if (at < 0 || room < 0 || at + room > into.size) throw new RangeError('There is no such room.')
    return this.#receive(live(socket), into.address + at, room, DONTWAIT)
  }

  /** As `receive`, but the frame stays in libzmq's memory, whatever its size, held in place `n` until another is taken into that or it is let go. */
  take(socket: number, n: number): number {
    return this.#messageReceive(this.#place(n), live(socket), DONTWAIT)
  }

  /** Where the frame in place `n` has its bytes. It has some. */
  data(n: number): number {
    return this.#messageData(this.#place(n))
  }

  /** Where in the places' own memory an address lies; -1 when it lies elsewhere. libzmq keeps small frames within the message. */
  inside(address: number): number {
    const at = address - this.places.address
    return at < this.places.size ? Math.max(at, -1) : -1
  }

  /** Whether another frame follows the one in place `n`. */
  more(n: number): boolean {
    return this.#messageMore(this.#place(n)) !== 0
  }

  /** The address of whoever sent the frame in place `n`; '' where the transport does not tell. */
  sender(n: number): string {
    return this.#messageGets(this.#place(n), this.#property.address) ?? ''
  }

  /** Gives back the memory of the frame in place `n`. */
  release(n: number): void {
    this.#messageClose(this.#place(n))
    this.#messageInit(this.#place(n))
  }

  /** Copies into memory that another thread owns and has lent: `room` bytes of it are ours from `address` on. */
  copyOut(from: Memory, at: number, size: number, address: number, room: number): void {
    if (at < 0 || size < 0 || at + size > from.size || size > room || address <= 0)
      throw new RangeError('There is no such room.')
    this.#memcpy(address, from.address + at, size)
  }

  /** Copies the first `size` bytes of memory to a block that it is no part of. */
  copy(from: Memory, size: number, to: Block, at: number): void {
    if (size < 0 || at < 0 || size > from.size || at + size > to.size) throw new RangeError('There is no such room.')
    this.#memcpy(to.address + at, from.address, size)
  }

  /** Waits for any of `count` descriptors: pairs of words in `items`, of which the first is the descriptor, -1 for none. Afterwards `told` says which. */
  wait(items: Block, count: number, ms: number): void {
    if (count * 8 > items.size) throw new RangeError('There is no such room.')
    for (let i = 0; i < count; i++) items.words[i * 2 + 1] = POLLIN
    if (this.#poll(items.address, count, Math.min(ms, WAIT_MS)) < 0)
      for (let i = 0; i < count; i++) items.words[i * 2 + 1] = 0
  }

  told(items: Block, i: number): boolean {
    return items.words[i * 2 + 1]! >> 16 !== 0
  }

  /** @param µs fewer than a wait may take */
  rest(µs: number): void {
    if (µs > 0) this.#sleep(Math.min(µs, WAIT_MS * 1000))
  }

  /** A pipe: what is written to the second wakes whoever waits for the first. */
  pipe(): [number, number] {
    const { address, words } = this.#scratch
    if (this.#pipe(address) !== 0) throw new Error(`There can be no pipe: ${this.error().message}`)
    return [words[0]!, words[1]!]
  }

  /** Takes the one byte that is in a pipe, or will be in a moment. */
  takeByte(fd: number): void {
    this.#read(fd, this.#scratch.address, 1)
  }

  closeDescriptor(fd: number): void {
    this.#closeFd(fd)
  }

  /** After every socket is closed. Waits until libzmq has let go of all of them; none of them lingers. */
  end(): void {
    if (!this.#open) return
    this.#open = false
    for (let n = 0; n < PLACES; n++) this.release(n)
    while (this.#ctxTerm(this.#context) !== 0 && this.#errno() === EINTR);
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
