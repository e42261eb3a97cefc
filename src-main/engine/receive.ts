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

/** A backlog is: this many messages within this many ms. Taking it for one when it is none costs 4 µs, once per so many messages. */
const BACKLOG_MESSAGES = 64
const BACKLOG_MS = 1
/** Milliseconds within which the next message is there where there is a backlog, for one who takes them one at a time and works on each. */
const PROMPT_MS = 0.05
/** Milliseconds after which the event loop gets its turn. By the clock and not by count: 1024 frames of 5 MB would be two seconds. */
const TURN_MS = 5
/** Consecutive failures after which a socket is taken for broken. */
const FAILURES = 1000

/** The driver on zeromq.js: `await receive()` when calm; under a backlog the same with a zero timeout, see `drain`. */
export const receivePortable: ReceiveDriver = async (socket, reading) => {
  let failures = 0
  let taken = 0
  let since = now()
  let turned = since
  let free = 0
  let prompt = 0
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
      prompt = time - free < PROMPT_MS ? prompt + 1 : 0
      await held
      if (prompt >= BACKLOG_MESSAGES) {
        turned = await drain(socket, reading, turned)
        prompt = 0
      }
      free = now()
      continue
    }
    if (time - turned >= TURN_MS) {
      await turn() // zeromq.js gives one after 512 messages, however long those took
      turned = now()
    }
    if (++taken < BACKLOG_MESSAGES) continue
    if (time - since < BACKLOG_MS) turned = await drain(socket, reading, turned)
    taken = 0
    since = now()
  }
}

/**
 * Takes what is there without waiting, until nothing is; returns when the event loop last had its turn. With a zero timeout `receive()` spares each message
 * two system calls (0.8 × the CPU of the calm loop at 100 B) and never yields, so the loop yields here. One at a time: 64 unawaited at once are no
 * faster, and fail up to 63 times at the end of the backlog, an Error of 2 µs each.
 */
async function drain(socket: Readable, reading: Reading, turned: number): Promise<number> {
  if (reading.closing()) return turned // by what was done with the last message: a closed socket takes no timeout
  socket.receiveTimeout = 0
  while (!reading.closing()) {
    let frames: Buffer[]
    try {
      frames = await socket.receive()
    } catch {
      break // whatever it was, the calm loop finds out
    }
    const time = now()
    const held = reading.deliver(frames, time)
    if (held !== undefined) await held
    if (time - turned < TURN_MS) continue
    await turn()
    turned = now()
  }
  if (!reading.closing()) socket.receiveTimeout = -1
  return turned
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
