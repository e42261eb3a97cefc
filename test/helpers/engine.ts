import { readdirSync } from 'node:fs'
import * as v from 'valibot'
import { afterEach, beforeAll, beforeEach, expect } from 'vitest'
import {
  drivers,
  SessionSettingsSchema,
  type RoleName,
  type SessionSettings,
  type SettingsOf,
} from '../../src-main/contract/index.js'
import { Engine, type EngineOptions } from '../../src-main/engine/engine.js'
import type { Session } from '../../src-main/engine/session.js'
import { until } from './until.js'

/** Settings of a role with what is given laid over its defaults. An address may carry `@` or `>`; otherwise the role's own default decides. */
export function settingsOf<R extends RoleName>(
  role: R,
  addresses: string | string[],
  more: object = {},
): SettingsOf<R> {
  const binds = role === 'server' || role === 'publisher' || role === 'ventilator' || role === 'sink'
  const endpoints = [addresses].flat().map((address) => ({
    method: address.startsWith('@') ? 'bind' : address.startsWith('>') ? 'connect' : binds ? 'bind' : 'connect',
    address: address.replace(/^[@>]/, ''),
  }))
  const settings: SessionSettings = v.parse(SessionSettingsSchema, { role, endpoints, ...more })
  return settings as SettingsOf<R>
}

export interface Bench {
  readonly engine: Engine
  /** Opens a session and fails the test when it did not open. */
  open(role: RoleName, addresses: string | string[], more?: object): Promise<Session>
}

/** How sessions receive that do not say so themselves: one project of vitest.config.ts runs Radio's and Pipeline's tests again with zeromq.js. */
const DRIVER = v.parse(v.optional(v.picklist(drivers), 'auto'), process.env['SOCKETEER_TEST_DRIVER'])

/**
 * An engine per test, closed after it. Afterwards nothing may be left: no file descriptor and no timer more than before.
 */
export function useEngine(options: EngineOptions = {}): Bench {
  let engine: Engine
  let descriptors = 0
  let timers = 0
  // libzmq's contexts, that of the receiving thread too, make their threads and descriptors with the first sockets and keep them.
  beforeAll(async () => {
    const warm = new Engine()
    const sink = await warm.open(settingsOf('sink', 'tcp://127.0.0.1:*'))
    const source = await warm.open(settingsOf('ventilator', `>${boundTo(sink)}`))
    await linked(source)
    await warm.open(settingsOf('subscriber', '@tcp://127.0.0.1:*', { driver: 'wire' }))
    await warm.close()
  })
  beforeEach(() => {
    descriptors = openDescriptors()
    timers = activeTimers()
    engine = new Engine({ driver: () => DRIVER, ...options })
  })
  afterEach(async () => {
    await engine.close()
    await until(() => openDescriptors() <= descriptors, { what: 'file descriptors to be given back' })
    await until(() => activeTimers() <= timers, { what: 'timers to be cleared' })
    expect(engine.numbers()).toMatchObject({ sessions: 0, kept: 0 })
  })
  return {
    get engine() {
      return engine
    },
    async open(role, addresses, more = {}) {
      const session = await engine.open(settingsOf(role, addresses, more))
      expect(session.state, `${role} at ${addresses.toString()}`).toEqual({ kind: 'open' })
      return session
    },
  }
}

/** Where a session's first bound endpoint listens. */
export function boundTo(session: Session, index = 0): string {
  const actual = session.info().links[index]?.actual
  if (actual === undefined || actual === '') throw new Error('this session is not bound')
  return actual
}

/** Resolves when every endpoint of the session has a peer. */
export async function linked(...sessions: Session[]): Promise<void> {
  for (const session of sessions)
    await until(() => session.info().links.every((link) => link.peers > 0), {
      what: `a peer for ${session.settings.role}`,
    })
}

/** The texts of a row's frames. */
export function texts(session: Session, seq: number): string[] {
  return (session.row(seq)?.frames ?? []).map((frame) => new TextDecoder().decode(frame.bytes))
}

/** All rows of a direction, each as its frames' texts. */
export function rows(session: Session, direction: 'in' | 'out'): string[][] {
  const { first, last } = session.numbers()
  const found: string[][] = []
  for (let seq = first; seq <= last; seq++)
    if (session.row(seq)?.direction === direction) found.push(texts(session, seq))
  return found
}

export function frames(...parts: string[]): Uint8Array[] {
  return parts.map((part) => new TextEncoder().encode(part))
}

function openDescriptors(): number {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0
}

function activeTimers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
}
