import * as v from 'valibot'
import {
  SessionSettingsSchema,
  type Desk,
  type RoleName,
  type SessionSettings,
  type SessionSettingsInput,
} from '../contract/index.js'
import type { Session } from './session.js'

type Open = (settings: SessionSettings) => Promise<Session>

/** Milliseconds between two messages of a demo: fast enough to see traffic, slow enough to read it. */
const EVERY = { chat: 3000, radio: 200, pipeline: 250 }

export interface Demo {
  readonly sessions: Session[]
  stop(): void
}

/** Opens both ends of a pattern on loopback, on ports that the system chooses, and keeps them talking until a speaker's session is closed. */
export async function startDemo(desk: Desk, open: Open): Promise<Demo> {
  switch (desk) {
    case 'chat': {
      const server = await open(settings('server', 'Demo server', 'tcp://127.0.0.1:*', { answer: { kind: 'echo' } }))
      const client = await open(settings('client', 'Demo client', boundTo(server)))
      return talk([server, client], client, EVERY.chat, (n) => [`hello ${n}`])
    }
    case 'radio': {
      const publisher = await open(settings('publisher', 'Demo station', 'tcp://127.0.0.1:*'))
      const subscriber = await open(settings('subscriber', 'Demo radio', boundTo(publisher)))
      return talk([publisher, subscriber], publisher, EVERY.radio, vehicle)
    }
    case 'pipeline': {
      const ventilator = await open(settings('ventilator', 'Demo ventilator', 'tcp://127.0.0.1:*'))
      const sink = await open(settings('sink', 'Demo sink', 'tcp://127.0.0.1:*'))
      const forward = [{ method: 'connect' as const, address: boundTo(sink) }]
      const workers = [
        await open(settings('worker', 'Demo worker 1', boundTo(ventilator), { forward, delay: 50 })),
        await open(settings('worker', 'Demo worker 2', boundTo(ventilator), { forward, delay: 400 })),
      ]
      return talk([ventilator, ...workers, sink], ventilator, EVERY.pipeline, (n) => [
        JSON.stringify({ task: n, cost: (n * 37) % 100 }),
      ])
    }
  }
}

function settings(role: RoleName, name: string, address: string, more: object = {}): SessionSettings {
  const method = address.endsWith('*') ? 'bind' : 'connect'
  const input = { role, name, endpoints: [{ method, address }], ...more } as SessionSettingsInput
  return v.parse(SessionSettingsSchema, input)
}

/** Where a demo's bound session listens; when it could not bind, its own address, so that the failure shows there and here. */
function boundTo(session: Session): string {
  const link = session.info().links[0]
  return link?.actual || 'tcp://127.0.0.1:1'
}

/** A made-up vehicle: speed on a slow wave, steering on a faster one, a gear now and then. */
function vehicle(n: number): string[] {
  const t = n / 5
  if (n % 25 === 0) return ['vehicle/gear', JSON.stringify('PRND'[(n / 25) % 4])]
  return n % 2 === 0
    ? ['vehicle/speed', JSON.stringify({ n, mps: round(13 + 5 * Math.sin(t / 7)) })]
    : ['vehicle/steering', JSON.stringify({ n, rad: round(0.2 * Math.sin(t / 2)) })]
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000
}

function talk(sessions: Session[], speaker: Session, every: number, say: (n: number) => string[]): Demo {
  const encoder = new TextEncoder()
  let n = 0
  const speak = () => {
    if (speaker.state.kind !== 'open') return
    n++
    // A refusal (not its turn, say) is counted and shown by the session itself.
    speaker.send(say(n).map((text) => encoder.encode(text))).catch(() => undefined)
  }
  const timer = setInterval(speak, every)
  const stop = () => {
    clearInterval(timer)
    forget()
  }
  const forget = speaker.onChange(() => {
    if (speaker.state.kind === 'closed' || speaker.state.kind === 'failed') stop()
  })
  speak()
  return { sessions, stop }
}
