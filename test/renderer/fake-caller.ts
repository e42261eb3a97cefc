import {
  defaultEndpoints,
  Fault,
  SessionSettingsSchema,
  type EventName,
  type Events,
  type RequestName,
  type ResultOf,
  type RoleName,
  type RoleStatus,
  type SessionInfo,
  type SessionNumbers,
  type Undo,
} from '../../src-main/contract/index.js'
import * as v from 'valibot'
import type { CallArguments, Caller } from '../../src-renderer/bridge/client.js'

type Answers = { [K in RequestName]?: (args: never) => unknown }

/** The engine's side, as a test has it: answers by name, and a record of what was asked. */
export class FakeCaller implements Caller {
  readonly calls: { name: RequestName; args: unknown }[] = []
  answers: Answers
  readonly #listeners = new Map<EventName, Set<(value: never) => void>>()

  constructor(answers: Answers = {}) {
    this.answers = answers
  }

  async call<K extends RequestName>(name: K, ...rest: CallArguments<K>): Promise<ResultOf<K>> {
    const [args, options] = rest
    this.calls.push({ name, args })
    const answer = this.answers[name] as ((args: unknown) => unknown) | undefined
    if (answer === undefined) throw new Fault('UNKNOWN_REQUEST', `no answer to ${name} in this test`)
    const result = (await answer(args)) as ResultOf<K>
    if (options?.signal?.aborted === true) throw new Fault('CANCELLED', `${name} was cancelled`)
    return result
  }
  on<E extends EventName>(event: E, listener: (value: Events[E]) => void): Undo {
    const listeners = this.#listeners.get(event) ?? new Set()
    this.#listeners.set(event, listeners)
    listeners.add(listener)
    return () => listeners.delete(listener)
  }
  emit<E extends EventName>(event: E, value: Events[E]): void {
    for (const listener of this.#listeners.get(event) ?? []) listener(value as never)
  }
  asked(name: RequestName): unknown[] {
    return this.calls.filter((call) => call.name === name).map(({ args }) => args)
  }
}

const statuses: { [R in RoleName]: Extract<RoleStatus, { role: R }> } = {
  server: { role: 'server', waiting: 0, pending: [], clients: 0, rules: [] },
  client: {
    role: 'client',
    turn: 'yours',
    seq: 0,
    attempt: 0,
    tries: 3,
    since: 0,
    deadline: 5000,
    last: 'none',
  },
  publisher: { role: 'publisher', subscriptions: [], topics: 0, topicBytes: 0 },
  subscriber: { role: 'subscriber', topics: [''], tunedIn: 0 },
  ventilator: { role: 'ventilator' },
  worker: { role: 'worker', inHand: 0 },
  sink: { role: 'sink' },
}

/** A session as the engine would describe it. */
export function info(id: string, role: RoleName, more: Partial<SessionInfo> = {}): SessionInfo {
  const input = { role, endpoints: [...defaultEndpoints[role]], forward: [...defaultEndpoints.worker] }
  return {
    id,
    settings: v.parse(SessionSettingsSchema, input),
    state: { kind: 'open' },
    links: [],
    status: statuses[role],
    lastEvent: 0,
    demo: false,
    driver: 'portable',
    ...more,
  }
}

const still = { messages: 0, bytes: 0, rate1: 0, rate10: 0 }

export function numbers(id: string, more: Partial<SessionNumbers> = {}): SessionNumbers {
  return {
    id,
    first: 1,
    last: 0,
    revision: 0,
    kept: 0,
    evicted: 0,
    in: still,
    out: still,
    queued: 0,
    malformed: 0,
    refused: 0,
    late: 0,
    ...more,
  }
}
