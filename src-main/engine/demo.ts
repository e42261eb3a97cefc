import * as v from 'valibot'
import {
  ChannelsSchema,
  SessionSettingsSchema,
  type Desk,
  type RoleName,
  type SessionSettings,
  type SessionSettingsInput,
} from '../contract/index.js'
import type { Session } from './session.js'

type Open = (settings: SessionSettings) => Promise<Session>

/** Milliseconds between two messages of a demo: fast enough to see traffic, slow enough to read it. */
const EVERY = { chat: 3000, pipeline: 250 }

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
      // What could not be opened says nothing; its pane says why.
      if (publisher.state.kind === 'open') publisher.station.generate(v.parse(ChannelsSchema, vehicle))
      return { sessions: [publisher, subscriber], stop: () => publisher.station.stopGenerate() }
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

/** A made-up vehicle and what else would be on its bus. */
const vehicle = [
  { topic: 'vehicle/state', shape: { kind: 'vehicle' }, rate: 5 },
  { topic: 'vehicle/battery', shape: { kind: 'walk', amplitude: 0.05, offset: 48 }, rate: 1 },
  { topic: 'vehicle/indicator', shape: { kind: 'square', amplitude: 0.5, offset: 0.5, frequency: 0.7 }, rate: 3 },
]

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
