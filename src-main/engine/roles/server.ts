import { Router } from 'zeromq'
import { Fault, type SettingsOf } from '../../contract/index.js'
import { now } from '../clock.js'
import { toFault } from '../errors.js'
import type { Verdict } from '../rules/rules.js'
import { OwnedSocket, type SocketWatcher } from '../socket.js'
import type { Role, RoleHost } from './role.js'

/** Most pending questions that a status lists, and that are kept. */
const LISTED = 100
const PENDING_LIMIT = 100_000

interface Question {
  /** Everything up to and with the empty delimiter: identity, request id if the client correlates, ''. */
  readonly envelope: readonly Uint8Array[]
  readonly source: number
  readonly time: number
  /** A rule is seeing to it; a person may still be faster. */
  ruled?: boolean
  timer?: NodeJS.Timeout
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
  const { clients } = host
  /** Sends follow each other: a socket takes one at a time. */
  let sending: Promise<unknown> = Promise.resolve()
  let queued = 0
  /** Clients whose answer is being sent, by source. */
  const replying = new Set<number>()

  function onMessage(frames: readonly Uint8Array[], time: number): void {
    const identity = frames[0] ?? new Uint8Array()
    const delimiter = frames.findIndex((frame, i) => i > 0 && frame.byteLength === 0)
    if (delimiter < 1 || delimiter === frames.length - 1) {
      host.record('in', frames.length > 1 ? frames.slice(1) : [new Uint8Array()], { time, malformed: true })
      host.countMalformed()
      host.tell(
        'malformed',
        '',
        delimiter < 1 ? 'no empty delimiter frame: not a REQ socket' : 'no frame behind the delimiter',
      )
      return
    }
    const source = clients.source(identity)
    const envelope = frames.slice(0, delimiter + 1)
    const body = frames.slice(delimiter + 1)
    if (!replying.has(source)) return take(source, envelope, body, time)
    // A quick client has its answer, and asks again, before we have heard that it was sent: its next question must not stand above it.
    // Copies: frames are valid only during this call.
    const [early, kept] = [envelope, body].map((part) => part.map((frame) => Buffer.from(frame)))
    void sending.then(() => take(source, early ?? [], kept ?? [], time)).catch((error: unknown) => host.fail(error))
  }

  function take(source: number, envelope: readonly Uint8Array[], body: readonly Uint8Array[], time: number): void {
    // Copies: frames are valid only during this call. From Node's pool: as arrays of their own they were 3 % of a round trip.
    const kept = envelope.map((frame) => Buffer.from(frame))
    // An answer that needs no thought goes out before the books are kept: its client need not wait for them.
    const own = host.rules().rules.length === 0 ? ownAnswer(() => body) : undefined
    const sent = own !== undefined && queued === 0 && !socket.closing ? socket.send([...kept, ...own]) : undefined

    const seq = host.record('in', body, { time, source })
    clients.asked(source, seq, time)
    questions.set(seq, { envelope: kept, source, time })
    if (questions.size > PENDING_LIMIT) settle(questions.keys().next().value as number)
    host.changed()
    const verdict = host.rules().judge(body)
    if (verdict !== undefined) byRule(seq, verdict)
    else if (own !== undefined) quietly(answer(seq, own, 0, sent))
    else byItself(seq, () => body)
  }

  /** What the settings answer, if they say anything but "by hand". A body that is no longer in memory cannot be sent back. */
  function ownAnswer(body: () => readonly Uint8Array[] | undefined): Uint8Array[] | undefined {
    const how = host.answer()
    if (how.kind === 'text') return [Buffer.from(how.text)]
    return how.kind === 'echo' ? body()?.map((frame) => Buffer.from(frame)) : undefined
  }

  function byItself(seq: number, body: () => readonly Uint8Array[] | undefined): void {
    const own = ownAnswer(body)
    if (own !== undefined) quietly(answer(seq, own))
  }

  /** Does what a rule says. A silent one leaves the question waiting, where a person can see it. */
  function byRule(seq: number, { rule, number, frames, delay }: Verdict): void {
    const question = questions.get(seq)
    if (question === undefined) return
    question.ruled = true
    if (rule.fault === 'silent') return
    const act = () => {
      const answered = answer(seq, frames, number)
      quietly(rule.fault === 'twice' ? answered.then(() => reply(question, frames, seq, number)) : answered)
    }
    if (delay === 0) act()
    else question.timer = setTimeout(act, delay)
  }

  /** Nobody waits for it: where it fails, the client has gone, and its question is marked so. */
  function quietly(sent: Promise<unknown>): void {
    sent.catch(() => undefined)
  }

  async function answer(
    seq: number,
    frames: readonly Uint8Array[],
    rule = 0,
    sent?: Promise<void>,
  ): Promise<{ seq: number }> {
    const question = questions.get(seq)
    if (question === undefined)
      throw new Fault(
        'NOT_WAITING',
        `Message ${seq} is not waiting for an answer: it has been answered, or its client has gone.`,
        { seq },
      )
    settle(seq) // at once: a second answer would come while this one is on its way
    try {
      const row = await reply(question, frames, seq, rule, sent)
      clients.settled(question.source, seq, now())
      host.progress(seq, 'answered')
      return row
    } catch (error) {
      host.progress(seq, 'failed')
      throw error
    }
  }

  /** Sends to whoever asked, question by question in turn, unless it was `sent` already. Throws Fault `CLIENT_GONE` or `CLIENT_SLOW`: then no row was written. */
  async function reply(
    question: Question,
    frames: readonly Uint8Array[],
    seq: number,
    rule: number,
    sent?: Promise<void>,
  ): Promise<{ seq: number }> {
    const { source } = question
    queued++
    replying.add(source)
    const turn = sent ?? sending.then(() => socket.send([...question.envelope, ...frames]))
    sending = turn.catch(() => undefined)
    try {
      await turn
      // Within the turn: what was deferred until it is over finds the answer written.
      return { seq: host.record('out', frames, { time: now(), source, ref: seq, progress: 'handed', rule }) }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      if (code === 'EHOSTUNREACH')
        throw new Fault(
          'CLIENT_GONE',
          `The client that asked message ${seq} is no longer connected; the answer was not sent.`,
          { seq },
        )
      if (code === 'EAGAIN')
        throw new Fault(
          'CLIENT_SLOW',
          `The client that asked message ${seq} reads nothing: its queue of ${options.sendHighWaterMark} answers is full. The answer was not sent.`,
          { seq },
        )
      throw toFault(error)
    } finally {
      queued--
      replying.delete(source)
      host.changed()
    }
  }

  /** The question waits no longer. */
  function settle(seq: number): void {
    const question = questions.get(seq)
    if (question === undefined) return
    clearTimeout(question.timer)
    questions.delete(seq)
    clients.settled(question.source, seq)
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
      return {
        role: 'server',
        waiting: questions.size,
        pending,
        clients: clients.size,
        rules: [...host.rules().tally].map(([id, tally]) => ({ id, ...tally })),
      }
    },
    async send(frames, { answers }) {
      const seq = answers ?? questions.keys().next().value
      if (seq === undefined)
        throw new Fault(
          'NOT_YOUR_TURN',
          'Nobody is waiting for an answer: a server speaks only when it has been asked.',
        )
      return answer(seq, frames)
    },
    answerWaiting() {
      // Those that a rule is seeing to stay with the rule: a delay, or a silence, is what it is there for.
      for (const [seq, question] of questions) if (!question.ruled) byItself(seq, () => host.frames(seq))
    },
    async close(deadline) {
      for (const { timer } of questions.values()) clearTimeout(timer)
      clients.abandon()
      await sending
      await socket.close(deadline)
      return 0
    },
  }
}
