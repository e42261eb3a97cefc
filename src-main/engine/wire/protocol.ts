import type { Waiting } from '../../contract/index.js'

/** What the main thread and the receiving thread say to each other, and the words of memory that they share. */

/** Words of the memory that all sessions share. */
export const shared = {
  /** Set by the main thread with the byte that wakes the receiving thread, cleared by that one. */
  awake: 0,
  /** Set by the receiving thread when it has told of new rows, cleared by the main thread, which looks by itself for a while then. */
  told: 1,
  /** The receiving thread is to end. */
  stop: 2,
  words: 4,
}

/** Words per lent slab in the memory that one session shares with the receiving thread. `done` is stored after what is counted, and read before it. */
export const perSlab = { done: 2, words: 4 }

/** How many rows a lent slab has, and of how many bytes: in one word of 64 bits, so that they are always read as they were stored. */
export class Counted {
  readonly #counts: BigInt64Array<SharedArrayBuffer>

  constructor(words: SharedArrayBuffer) {
    this.#counts = new BigInt64Array(words)
  }

  store(slot: number, rows: number, bytes: number): void {
    Atomics.store(this.#counts, (slot * perSlab.words) / 2, (BigInt(rows) << 32n) | BigInt(bytes))
  }

  /** Rows, and bytes of their payload. */
  load(slot: number): readonly [rows: number, bytes: number] {
    const counts = Atomics.load(this.#counts, (slot * perSlab.words) / 2)
    return [Number(counts >> 32n), Number(counts & 0xffff_ffffn)]
  }
}
/** Slabs that a session may have lent at once. */
export const SLABS = 64

/** A socket option of libzmq: its number, and its value as it lies in memory. */
export type RawOption =
  | { readonly id: number; readonly int: number }
  | { readonly id: number; readonly int64: number }
  | { readonly id: number; readonly text: string }

/** To the receiving thread. `lane` is a session's number, `socket` a socket's; a number is never used twice. */
export type Command =
  | { do: 'lane'; lane: number; words: SharedArrayBuffer }
  /** To be filled, in this order. */
  | { do: 'slabs'; lane: number; slabs: LentSlab[] }
  | { do: 'hold'; lane: number; on: boolean; call: number }
  /** Its sockets are closed: all its slabs are given back. */
  | { do: 'leave'; lane: number }
  | { do: 'open'; socket: number; plan: SocketPlan }
  /** Nobody comes in by this door any more. */
  | { do: 'shut'; domain: string }
  | { do: 'bind' | 'connect' | 'disconnect'; socket: number; address: string; call: number }
  | { do: 'set'; socket: number; option: RawOption }
  | { do: 'close'; socket: number }

/** What a socket is opened with. `type` is libzmq's number, `source` what its rows say. */
export interface SocketPlan {
  readonly lane: number
  readonly type: number
  readonly source: number
  readonly options: RawOption[]
  readonly door?: ListedKeys | undefined
}

/** Who may come in to the CURVE servers of a ZAP domain: these keys, in Z85; undefined: anyone. */
export interface ListedKeys {
  readonly domain: string
  readonly keys: readonly string[] | undefined
}

/** A slab that is lent: to be filled behind its `rows` rows that end at `end`. */
export interface LentSlab {
  readonly slot: number
  readonly address: number
  readonly size: number
  readonly rows: number
  readonly end: number
}

/** One event of a socket's monitor: as libzmq numbers it, with its value, its address, and what the value means if it is an error's number. */
export type RawEvent = readonly [socket: number, event: number, value: number, address: string, meaning: string]

/** An error of libzmq: its number and its words. */
export interface RawError {
  readonly errno: number
  readonly message: string
}

/** From the receiving thread. */
export type Report =
  | { is: 'ready'; wake: number; version: string }
  /** The thread cannot work on this system. */
  | { is: 'unfit'; reason: string }
  | { is: 'rows' }
  /** A peer's address, and the number that rows have for it from now on. */
  | { is: 'peer'; peer: number; address: string }
  /** A session has no slab left with room for so many bytes; it takes nothing more until it gets one. */
  | { is: 'need'; lane: number; bytes: number }
  | { is: 'left'; lane: number }
  /** Somebody has shown a CURVE key, and was let in or not. */
  | { is: 'asked'; domain: string; key: string; host: string; welcome: boolean }
  | { is: 'done'; call: number; error?: RawError; lastEndpoint?: string }
  | { is: 'events'; events: RawEvent[] }
  /** What waits at a socket has changed. */
  | { is: 'waiting'; socket: number; waiting: Waiting | undefined }
  /** The socket can be read no more. */
  | { is: 'broken'; socket: number; error: RawError }
  /** libzmq has let go of the socket. */
  | { is: 'ended'; socket: number }

/** What the receiving thread is started with. */
export interface Start {
  /** Files: koffi's entry, and zeromq's addon. */
  readonly koffi: string
  readonly addon: string
  /** ms since 1970 at the zero of the system's monotonic clock, so that both threads tell the same time. */
  readonly epoch: number
  readonly words: SharedArrayBuffer
}

/** How far a clock is ahead of another, of both read one after the other: the least disturbed of some tries. */
export function best(difference: () => number): number {
  let most = -Infinity
  for (let n = 0; n < 50; n++) most = Math.max(most, difference())
  return most
}
