import type { Readable } from 'zeromq'
import { now } from './clock.js'

/** What a driver hands over: all frames of one message, valid until the call returns (or its promise settles), and when it was taken from the socket. */
export type Deliver = (frames: readonly Uint8Array[], time: number) => void | Promise<void>

export interface Reading {
  /** A promise returned by `deliver` holds the next message back: that is how a worker takes one task at a time. */
  deliver: Deliver
  /** Set by the owner before it closes the socket. libzmq reports a close, a timeout and a malformed message with the same EAGAIN, so nothing is inferred from it. */
  closing(): boolean
  /** Something was taken from the socket that could not be read as a message. */
  broken(error: unknown): void
}

/** Takes every message from one socket, in order, until the socket closes. There are to be two: this one and one on a thread of its own; both write the same rows. */
export type ReceiveDriver = (socket: Readable, reading: Reading) => Promise<void>

/** Messages taken in one go while a backlog lasts; 32–256 do equally well. */
const BURST = 64
/** Messages after which the event loop gets its turn. */
const TURN = 1024
/** A backlog is: this many messages within this many ms without a pause. Bursts cost five times the CPU when there is none. */
const BACKLOG_MESSAGES = 1024
const BACKLOG_MS = 4
/** Consecutive failures after which a socket is taken for broken. */
const FAILURES = 1000

/**
 * The driver on zeromq.js: `await receive()` when calm. Under a backlog, bursts of unawaited `receive()` with a zero timeout, which spare
 * each message two system calls; those skip zeromq.js's own yielding, so the loop yields here.
 */
export const receivePortable: ReceiveDriver = async (socket, reading) => {
  let taken = 0
  let since = now()
  let failures = 0
  while (!reading.closing()) {
    let frames: Buffer[]
    try {
      frames = await socket.receive()
    } catch (error) {
      if (reading.closing()) return
      if (++failures >= FAILURES) throw error
      reading.broken(error)
      await turn()
      continue
    }
    failures = 0
    const time = now()
    const held = reading.deliver(frames, time)
    if (held !== undefined) {
      await held
      continue
    }
    if (++taken < BACKLOG_MESSAGES) continue
    if (time - since < BACKLOG_MS) await burst(socket, reading)
    taken = 0
    since = now()
  }
}

/** Empties the backlog and returns at the first sign of its end, or, when it is held back, as soon as it is let go again. */
async function burst(socket: Readable, reading: Reading): Promise<void> {
  socket.receiveTimeout = 0
  let sinceTurn = 0
  let dry = false as boolean
  let held = undefined as ReturnType<Deliver>
  const taken = (frames: unknown) => {
    held = reading.deliver(frames as Buffer[], now()) ?? held
  }
  const empty = () => {
    dry = true
  }
  while (!dry && held === undefined && !reading.closing()) {
    let last: Promise<void> | undefined
    for (let i = 0; i < BURST; i++) last = socket.receive().then(taken, empty)
    await last
    sinceTurn += BURST
    if (sinceTurn >= TURN) {
      sinceTurn = 0
      await turn()
    }
  }
  if (!reading.closing()) socket.receiveTimeout = -1
  await held
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
