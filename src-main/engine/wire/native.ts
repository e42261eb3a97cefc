import type Koffi from 'koffi'
import { Block, type Memory } from './block.js'
import type { RawError, RawOption } from './protocol.js'

/*
 * Every call out of JavaScript is made here, and nowhere else. What they must respect:
 *  - An address is only ever that of a Block's memory or of a slab's (see lane.ts): an ArrayBuffer of its own, which V8 neither moves nor frees while somebody holds
 *    it. (Small typed arrays lie on V8's heap and move; koffi would take their address all the same.) Or it is where libzmq's message that was taken last has its bytes: C reads there alone.
 *  - C writes only between 0 and the block's size: every call that writes says how much it may, and that is checked before the call.
 *  - A socket or context is a number here, 0 once it is closed; no call is made with 0.
 *  - One thread makes all calls on a socket; the context alone may be told to shut down from elsewhere, and is not.
 *  - No call waits longer than WAIT_MS, since a thread that is in C cannot be stopped: receiving is always ZMQ_DONTWAIT.
 * For valgrind: koffi makes each call on a stack of its own. Where valgrind takes the change of stacks for one large frame (a `--max-stackframe` larger than the distance between the two), it
 * reports accesses in all that lies between: 133,830 in a worker that calls but abs, realpath and poll, without libzmq, and none where it takes it for what it is.
 */

/** Milliseconds that a call may wait. */
export const WAIT_MS = 100

const PAIR = 0
const DONTWAIT = 1
const SNDMORE = 2
const option = { rcvMore: 13, fd: 14, events: 15, linger: 17, receiveHighWaterMark: 24, lastEndpoint: 32 }
const context = { maxSockets: 2, blocky: 70 }
const ALL_EVENTS = 0xffff
const POLLIN = 1
/** Bytes of zmq_msg_t (zmq.h), which has been so since 4.0 and is part of its binary interface. */
const MESSAGE_BYTES = 64
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
  /** libzmq's own message (zmq_msg_t), always initialised: it holds what was taken last, until the next. */
  readonly #message: Block
  readonly #taken = { address: 0, size: 0 }
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
    this.#message = new Block(koffi, MESSAGE_BYTES)
    this.#messageInit(this.#message.address)
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

  /**
   * As `receive`, but the frame stays in libzmq's memory, as `taken` says, until the next is taken or it is let go: it can be asked who sent it, and copied once it is
   * known how much room it needs.
   */
  take(socket: number): number {
    const size = this.#messageReceive(this.#message.address, live(socket), DONTWAIT)
    this.#taken.size = Math.max(0, size)
    this.#taken.address = size > 0 ? this.#messageData(this.#message.address) : 0
    return size
  }

  /** Where the frame lies that was taken last. */
  get taken(): Memory {
    return this.#taken
  }

  /** Whether another frame of its message follows. */
  takenMore(): boolean {
    return this.#messageMore(this.#message.address) !== 0
  }

  /** The address of whoever sent it; '' where the transport does not tell. */
  sender(): string {
    return this.#messageGets(this.#message.address, this.#property.address) ?? ''
  }

  /** Gives back the memory of what was taken last. */
  release(): void {
    this.#messageClose(this.#message.address)
    this.#messageInit(this.#message.address)
    this.#taken.size = this.#taken.address = 0
  }

  /** Whether another frame of the message follows that was received last. @param block its first 16 bytes are for this alone */
  more(socket: number, block: Block): boolean {
    block.words[2] = 4
    block.words[3] = 0
    if (this.#getOption(live(socket), option.rcvMore, block.address, block.address + 8) !== 0) return false
    return block.words[0] !== 0
  }

  /** Copies into memory that another thread owns and has lent: `room` bytes of it are ours from `address` on. */
  copyOut(from: Memory, at: number, size: number, address: number, room: number): void {
    if (at < 0 || size < 0 || at + size > from.size || size > room || address <= 0)
      throw new RangeError('There is no such room.')
    this.#memcpy(address, from.address + at, size)
  }

  /** Copies to a block, from where it lies elsewhere or in the same one; the two places do not overlap there. */
  copy(from: Memory, at: number, size: number, to: Block, toAt: number): void {
    if (at < 0 || size < 0 || toAt < 0 || at + size > from.size || toAt + size > to.size)
      throw new RangeError('There is no such room.')
    if (from === to && at < toAt + size && toAt < at + size) to.bytes.copyWithin(toAt, at, at + size)
    else this.#memcpy(to.address + toAt, from.address + at, size)
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
    this.release()
    while (this.#ctxTerm(this.#context) !== 0 && this.#errno() === EINTR);
  }
}

function live(socket: number): number {
  if (socket === 0) throw new Error('This socket is closed.')
  return socket
}
