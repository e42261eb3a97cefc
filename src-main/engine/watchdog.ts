import { Fault, type Undo } from '../contract/index.js'
import { parseEndpoint } from './endpoint.js'
import type { Engine } from './engine.js'
import type { Session } from './session.js'

/** Milliseconds between two looks. */
const LOOK = 100
/** Milliseconds that closing a session has to show in the figures before the next one is suspected. */
const PATIENCE = 1000
/** What libzmq keeps of a subscription, in bytes a byte of topic: a node for each in its trie (measured, libzmq 4.3.5). */
const TRIE = 46

export interface WatchdogOptions {
  /** Bytes beyond those at the start; at half of it a person is warned. */
  readonly budget: number
  /** Bytes held outside of the journals and of JavaScript. */
  readonly measure?: () => number
  readonly tell: (level: 'warning' | 'error', fault: Fault) => void
}

/** What libzmq's queues can be in: all of the process but V8's heap and its buffers, journals among them. */
export function nativeBytes(): number {
  const { rss, heapTotal, external } = process.memoryUsage()
  return rss - heapTotal - external
}

/**
 * Guards the process's memory against peers that no socket option stops: a message of endless frames, and subscriptions without end, are collected by libzmq where nobody sees them
 * (its limits are for one frame, and for whole messages). Warns at half of the budget, and at the whole of it closes the session that is most likely meant, says which and why, and
 * looks whether that helped.
 */
export function watchMemory(engine: Engine, { budget, measure = nativeBytes, tell }: WatchdogOptions): Undo {
  let base = measure()
  let warned = false
  /** Bytes of topics that publishers were subscribed to when memory was last as usual. */
  const usual = new WeakMap<Session, number>()
  /** The last session closed: when, and the most that was held by then. */
  let closed: { at: number; held: number } | undefined

  function look(): void {
    const now = measure()
    base = Math.min(base, now)
    const held = now - base
    if (held < budget / 4) {
      warned = false
      for (const session of engine.list()) usual.set(session, topicBytes(session))
    }
    // Half of it, and not the whole: what is measured goes up and down by some MiB, and must not cost a second session for one flood.
    if (held < budget / 2) closed = undefined
    if (held >= budget / 2 && !warned) {
      warned = true
      const suspect = suspects(engine, usual)[0]
      const fault = new Fault(
        'MEMORY_HIGH',
        `${mebibytes(held)} MiB are held outside of the journal${suspect === undefined ? '' : `, most likely in the queues of “${nameOf(suspect)}”`}. At ${mebibytes(budget)} MiB it is closed, so that everything else goes on.`,
        { held, budget, ...(suspect === undefined ? {} : { session: nameOf(suspect) }) },
      )
      tell('warning', fault)
    }
    if (held < budget) return
    if (closed !== undefined) {
      const since = performance.now() - closed.at
      // What was on its way to the session still comes in while it closes.
      if (since < PATIENCE / 2) closed.held = Math.max(closed.held, held)
      if (since < PATIENCE) return
      if (held <= closed.held + budget / 8) {
        // It has stopped growing: what is not given back is the allocator's to use again.
        base = now
        closed = undefined
        return
      }
    }
    const session = suspects(engine, usual)[0]
    if (session === undefined) return
    closed = { at: performance.now(), held }
    const fault = new Fault(
      'MEMORY',
      `“${nameOf(session)}” was closed: ${mebibytes(held)} MiB had come in that were no whole messages, or that nobody took, and the limit is ${mebibytes(budget)} MiB. Open it again when its peer is mended; encryption with a list of clients keeps strangers out.`,
      { held, budget, session: nameOf(session) },
    )
    void session.stop(fault)
    tell('error', fault)
  }

  const timer = setInterval(look, LOOK).unref()
  return () => clearInterval(timer)
}

/** Open sessions with a peer, the most likely one first: new subscriptions that must take much, then who is open to strangers, then who takes the least from its peers, lately and at all, then who came last. */
function suspects(engine: Engine, usual: WeakMap<Session, number>): Session[] {
  const open = engine.list().filter((session) => session.alive && session.info().links.some(({ peers }) => peers > 0))
  const rank = new Map(
    open.map((session, age) => {
      const { rate1, messages } = session.numbers().in
      return [session, [grownTrie(session, usual.get(session) ?? 0), exposure(session), -rate1, -messages, age]]
    }),
  )
  return open.sort((a, b) => {
    const [x, y] = [rank.get(a) ?? [], rank.get(b) ?? []]
    return x.reduce((order, value, i) => order || y[i]! - value, 0)
  })
}

/**
 * In MiB, so that a handful of subscriptions says nothing. What was there before says nothing either. It is no more than a hint of how much: libzmq has taken a flood into
 * its trie before we have counted more than the beginning of it.
 */
function grownTrie(session: Session, before: number): number {
  return Math.max(0, Math.floor(((topicBytes(session) - before) * TRIE) / (1024 * 1024)))
}

function topicBytes(session: Session): number {
  if (session.settings.role !== 'publisher') return 0
  const { status } = session.info()
  return status.role === 'publisher' ? status.topicBytes : 0
}

function exposure({ settings }: Session): number {
  if (settings.security.mechanism === 'curve') return 0
  const bound = settings.endpoints.filter(({ method }) => method === 'bind')
  if (bound.length === 0) return 1
  return bound.every(({ address, method }) => parseEndpoint(address, method).loopback) ? 2 : 3
}

function nameOf({ settings }: Session): string {
  return settings.name || `${settings.role} ${settings.endpoints[0]?.address ?? ''}`
}

const mebibytes = (bytes: number): number => Math.round(bytes / 1024 / 1024)
