import { Router } from 'zeromq'
import { Fault, type SettingsOf } from '../../contract/index.js'
import { now } from '../clock.js'
import { toFault } from '../errors.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import type { Role, RoleHost } from './role.js'

/** Most pending questions that a status lists, that are kept, and most clients that are told apart. */
const LISTED = 100
const PENDING_LIMIT = 100_000
const CLIENT_LIMIT = 100_000
interface Question {
  /** Everything up to and with the empty delimiter: identity, request id if the client correlates, ''. */
  readonly envelope: readonly Uint8Array[]
  readonly source: number
  readonly time: number
}

/**
 * REP on the wire, built on ROUTER: libzmq's REP loses the next good reply after one malformed peer (src/rep.cpp, `rollback`), and does not tell
 * who asks. The envelope is checked here instead: identity, any further frames, an empty delimiter, then at least one frame of question (zmq_socket(3), REP).
 */
export function server(settings: SettingsOf<'server'>, host: RoleHost, watcher: SocketWatcher): Role {
  const { endpoints, options } = settings
  const socket = new OwnedSocket(
    {
      create: (native) => new Router({ ...native, mandatory: true, sendTimeout: 0 }), // at once, or not at all and why
      use: { sends: true, receives: true },
      endpoints,
      options,
      index: 0,
      side: 'in',
    },
    watcher,
  )
  const questions = new Map<number, Question>()
  const clients = new Map<string, number>()
  let clientCount = 0
  /** Sends follow each other: a socket takes one at a time. */
  let sending: Promise<unknown> = Promise.resolve()
  let queued = 0

  function sourceOf(identity: Uint8Array): number {
    const key = Buffer.from(identity).toString('latin1')
    const known = clients.get(key)
    if (known !== undefined) return known
    if (clients.size >= CLIENT_LIMIT) clients.delete(clients.keys().next().value as string)
    clients.set(key, ++clientCount)
    return clientCount
  }

  function onMessage(frames: readonly Uint8Array[], time: number): void {
    const identity = frames[0] ?? new Uint8Array()
    const delimiter = frames.findIndex((frame, i) => i > 0 && frame.byteLength === 0)
    const source = sourceOf(identity)
    if (delimiter < 1 || delimiter === frames.length - 1) {
      host.record('in', frames.length > 1 ? frames.slice(1) : [new Uint8Array()], { time, source, malformed: true })
      host.countMalformed()
      host.tell(
        'malformed',
        '',
        delimiter < 1 ? 'no empty delimiter frame: not a REQ socket' : 'no frame behind the delimiter',
      )
      return
    }
    const body = frames.slice(delimiter + 1)
    const seq = host.record('in', body, { time, source, progress: 'none' })
    // Copies: frames are valid only during this call.
    questions.set(seq, { envelope: frames.slice(0, delimiter + 1).map((f) => Uint8Array.from(f)), source, time })
    if (questions.size > PENDING_LIMIT) forget(questions.keys().next().value as number, 'failed')
    host.changed()
    if (settings.answer.kind !== 'hand') void automatic(seq, body)
  }

  async function automatic(seq: number, body: readonly Uint8Array[]): Promise<void> {
    const reply =
      settings.answer.kind === 'text' ? [Buffer.from(settings.answer.text)] : body.map((f) => Uint8Array.from(f))
    try {
      await answer(seq, reply)
    } catch {
      // The client has gone: its question is marked so, and there is nobody to tell.
    }
  }

  async function answer(seq: number, frames: readonly Uint8Array[]): Promise<{ seq: number }> {
    const question = questions.get(seq)
    if (question === undefined)
      throw new Fault(
        'NOT_WAITING',
        `Message ${seq} is not waiting for an answer: it has been answered, or its client has gone.`,
        { seq },
      )
    questions.delete(seq) // two answers to one question would confuse a REQ
    queued++
    const turn = sending.then(() => socket.send([...question.envelope, ...frames]))
    sending = turn.catch(() => undefined)
    try {
      await turn
    } catch (error) {
      forget(seq, 'failed')
      if ((error as NodeJS.ErrnoException).code === 'EHOSTUNREACH')
        throw new Fault(
          'CLIENT_GONE',
          `The client that asked message ${seq} is no longer connected; the answer was not sent.`,
          { seq },
        )
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN')
        throw new Fault(
          'CLIENT_SLOW',
          `The client that asked message ${seq} reads nothing: its queue of ${options.sendHighWaterMark} answers is full. The answer was not sent.`,
          { seq },
        )
      throw toFault(error)
    } finally {
      queued--
      host.changed()
    }
    const time = now()
    host.progress(seq, 'answered')
    return { seq: host.record('out', frames, { time, source: question.source, ref: seq, progress: 'handed' }) }
  }

  function forget(seq: number, as: 'failed'): void {
    questions.delete(seq)
    host.progress(seq, as)
    host.changed()
  }

  return {
    sockets: [socket],
    get queued() {
      return queued
    },
    async open() {
      await socket.open()
      socket.read(
        onMessage,
        () => host.countMalformed(),
        (error) => host.fail(error),
      )
    },
    status() {
      const pending = []
      for (const [seq, { source, time }] of questions) {
        if (pending.length === LISTED) break
        pending.push({ seq, source, time })
      }
      return { role: 'server', waiting: questions.size, pending, clients: clients.size }
    },
    async send(frames, { answers }) {
      const seq = answers ?? (questions.keys().next().value)
      if (seq === undefined)
        throw new Fault(
          'NOT_YOUR_TURN',
          'Nobody is waiting for an answer: a server speaks only when it has been asked.',
        )
      return answer(seq, frames)
    },
    async close(deadline) {
      await sending
      await socket.close(deadline)
      return 0
    },
  }
}
