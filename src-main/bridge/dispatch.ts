import * as v from 'valibot'
import {
  Fault,
  PROTOCOL_VERSION,
  requestArguments,
  UpFrame,
  type CheckedArguments,
  type Port,
  type RequestName,
  type ResultOf,
} from '../contract/index.js'
import { crossing, report } from './faults.js'

/** What a handler is told about its call, beside the arguments. */
export interface Call {
  /** Aborted with a Fault: `CANCELLED` when the view no longer wants the result, `PORT_CLOSED` when there is no view left. */
  readonly signal: AbortSignal
}

/** One function a request. Arguments arrive checked, with their defaults filled in. */
export type Handlers = {
  [K in RequestName]: (args: CheckedArguments<K>, call: Call) => ResultOf<K> | Promise<ResultOf<K>>
}

/** Characters of a sentence about wrong arguments that are given to what the view sent. */
const QUOTED = 120

/**
 * Answers the calls of one port: says hello, checks what arrives, runs handlers, and turns what they throw into faults.
 * It knows no request by name and nothing of the engine. Everything is bound to this one port, so that no answer can go to
 * another view. A handler that does not return a promise is answered before the next frame goes out: its result and
 * the events around it keep their order.
 */
export function dispatch(port: Port, handlers: Handlers): void {
  const open = new Map<number, AbortController>()
  let closed = false

  port.onClose(() => {
    closed = true
    const fault = new Fault('PORT_CLOSED', 'The view that asked for this has gone.')
    for (const controller of open.values()) controller.abort(fault)
    open.clear()
  })

  port.send({ kind: 'hello', version: PROTOCOL_VERSION })
  port.onMessage((frame) => {
    if (closed) return
    const parsed = v.safeParse(UpFrame, frame, { abortEarly: true })
    if (!parsed.success) unreadable(frame, parsed.issues[0])
    else if (parsed.output.kind === 'call') call(parsed.output.id, parsed.output.name, parsed.output.args)
    else open.get(parsed.output.id)?.abort(new Fault('CANCELLED', 'The view no longer wants the result of this.'))
  })

  function call(id: number, name: string, given: unknown): void {
    if (open.has(id))
      return refuse(
        id,
        new Fault('DUPLICATE_CALL', `Call ${id} is still open: each needs a number of its own.`, { id }),
      )
    if (!isRequest(name))
      return refuse(
        id,
        new Fault('UNKNOWN_REQUEST', `There is no request named ${quoted(name)}.`, { name: shortened(name) }),
      )
    const args = v.safeParse(requestArguments[name], given, { abortEarly: true })
    if (!args.success) return refuse(id, badArguments(name, args.issues[0]))

    const controller = new AbortController()
    open.set(id, controller)
    // The compiler cannot follow that one name picks handler and arguments alike.
    const handler = handlers[name] as (args: unknown, call: Call) => unknown
    try {
      const result = handler(args.output, { signal: controller.signal })
      if (!(result instanceof Promise)) return done(id, result)
      result.then(
        (value) => done(id, value),
        (error: unknown) => failed(id, name, error),
      )
    } catch (error) {
      failed(id, name, error)
    }
  }

  function done(id: number, value: unknown): void {
    open.delete(id)
    if (closed) return
    try {
      port.send({ kind: 'done', id, value })
    } catch (error) {
      // A result that the port cannot carry.
      refuse(id, Fault.from(crossing(error, `call ${id}`)))
    }
  }

  function failed(id: number, name: string, error: unknown): void {
    open.delete(id)
    // Turned into a fault even when nobody waits any more: a bug is to be seen in the log all the same.
    const fault = crossing(error, name)
    if (!closed) port.send({ kind: 'fail', id, fault })
  }

  /** For what never became an open call: it must not settle another call with the same number. */
  function refuse(id: number, fault: Fault): void {
    port.send({ kind: 'fail', id, fault: fault.shape() })
  }

  /** A frame that is none. It is answered if it says which call it would have been; else there is nobody to answer. */
  function unreadable(frame: unknown, issue: Issue): void {
    const fault = new Fault('BAD_FRAME', `A view sent a frame that cannot be read: ${complaint(issue)}.`)
    const id = typeof frame === 'object' && frame !== null && 'id' in frame ? frame.id : undefined
    if (typeof id === 'number' && Number.isSafeInteger(id) && id >= 0 && !open.has(id)) refuse(id, fault)
    else report(fault.message)
  }
}

type Issue = v.BaseIssue<unknown>

/** Own names only: `constructor` and `__proto__` are no requests. */
function isRequest(name: string): name is RequestName {
  return Object.hasOwn(requestArguments, name)
}

function badArguments(name: string, issue: Issue): Fault {
  const path = v.getDotPath(issue)
  const what = path === null ? `The arguments of ${name} are wrong` : `The argument ${quoted(path)} of ${name} is wrong`
  return new Fault('BAD_ARGUMENTS', `${what}: ${complaint(issue)}.`, { request: name, path: shortened(path ?? '') })
}

function complaint(issue: Issue): string {
  return issue.expected === null
    ? shortened(issue.message)
    : `expected ${shortened(issue.expected)}, but received ${shortened(issue.received)}`
}

function quoted(text: string): string {
  return JSON.stringify(shortened(text))
}

function shortened(text: string): string {
  return text.length <= QUOTED ? text : `${text.slice(0, QUOTED)}…`
}
