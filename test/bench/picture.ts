/**
 * `npm run picture [-- --file FILE] [--dark]`: the picture of the README, taken of the built app in a browser: the radio desk with a made-up car on the air, and a talk and a pipeline
 * beside it.
 */
import { resolve } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import * as v from 'valibot'
import { SessionSettingsSchema, type ChannelSchema, type RadioSettingsInput } from '../../src-main/contract/index.js'
import type { Client } from '../../src-renderer/bridge/client.js'
import { Desk } from './desk.js'

/** Milliseconds of traffic before the picture: the plots show 30 s. */
const TRAFFIC = 32_000
/** Milliseconds until everything that was opened has come to rest. */
const SETTLED = 2000

const { values } = parseArgs({
  options: { file: { type: 'string', default: 'docs/screenshot.png' }, dark: { type: 'boolean', default: false } },
})

const topic = (name: string) => ({ kind: 'text', name }) as const
const json = (path: string) => ({ kind: 'json', path }) as const

const radio: RadioSettingsInput = {
  gaps: { sequence: json('n'), perTopic: true, timestamp: { place: json('t'), unit: 'ms' } },
  signals: [
    { id: 'speed', name: 'speed', topic: topic('car/state'), place: json('speed') },
    { id: 'steering', name: 'steering', topic: topic('car/state'), place: json('steering') },
    { id: 'wheel', name: 'wheel', topic: topic('car/wheel'), place: json('value') },
  ],
  plots: {
    list: [
      { id: 'one', signals: ['speed'] },
      { id: 'two', signals: ['steering', 'wheel'] },
    ],
  },
}

/** Who speaks how often, and how its numbers go. */
const channels: v.InferInput<typeof ChannelSchema>[] = [
  { topic: 'car/state', shape: { kind: 'vehicle' }, rate: 50, format: 'json' },
  {
    topic: 'car/wheel',
    shape: { kind: 'sine', amplitude: 0.35, offset: 0, frequency: 0.15 },
    rate: 20,
    format: 'json',
  },
  {
    topic: 'car/camera/front',
    shape: { kind: 'ramp', amplitude: 100, offset: 100, frequency: 0.1 },
    rate: 30,
    format: 'json',
  },
  {
    topic: 'car/camera/rear',
    shape: { kind: 'ramp', amplitude: 100, offset: 100, frequency: 0.2 },
    rate: 15,
    format: 'json',
  },
  { topic: 'car/gnss', shape: { kind: 'walk', amplitude: 0.2, offset: 11 }, rate: 10, format: 'json' },
  { topic: 'planner/cost', shape: { kind: 'noise', amplitude: 4, offset: 12 }, rate: 5, format: 'json' },
  {
    topic: 'planner/state',
    shape: { kind: 'lines', text: 'CRUISE\nCRUISE\nFOLLOW\nKEEP LANE', loop: true },
    rate: 1,
    format: 'text',
  },
]

async function open(client: Client, settings: object): Promise<{ id: string; address: string }> {
  const parsed = v.parse(SessionSettingsSchema, settings)
  const { id, links } = await client.call('session.open', { settings: parsed })
  return { id, address: links[0]?.actual ?? '' }
}

async function picture(): Promise<void> {
  const lacking = Desk.lacking()
  if (lacking !== undefined) {
    console.error(`There is no picture: ${lacking}.`)
    process.exitCode = 1
    return
  }
  const desk = await Desk.start({ theme: values.dark ? 'dark' : 'light' })
  try {
    const client = await desk.view()
    await client.call('demo.start', { desk: 'chat' })
    await client.call('demo.start', { desk: 'pipeline' })
    const bind = [{ method: 'bind', address: 'tcp://127.0.0.1:*' }]
    const car = await open(client, { role: 'publisher', name: 'Car', endpoints: bind })
    const connect = [{ method: 'connect', address: car.address }]
    await open(client, { role: 'subscriber', name: 'Rig', endpoints: connect, topics: [''], radio })
    const { page } = desk
    await page.getByRole('tab', { name: 'Radio', exact: true }).click()
    // Once all is open: what the car says while the machine is busy opening would be counted as missing.
    await pause(SETTLED)
    await client.call('radio.generate', { id: car.id, channels })
    await page.getByRole('tree').waitFor()
    await pause(TRAFFIC)
    await page.mouse.move(0, 0)
    await page.screenshot({ path: resolve(values.file) })
    console.log(`Written to ${values.file}.`)
  } finally {
    await desk.end()
  }
}

await picture()
