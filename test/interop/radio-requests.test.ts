import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { createApp } from '../../src-main/app.js'
import { memoryPortPair } from '../../src-main/bridge/memory-port.js'
import { serve } from '../../src-main/bridge/serve.js'
import {
  HISTORY_POINTS,
  topicNames,
  TopicEntries,
  type GapReport,
  type RadioSettingsInput,
} from '../../src-main/contract/index.js'
import { Client } from '../../src-renderer/bridge/client.js'
import { settingsOf } from '../helpers/engine.js'
import { DEADLINE, LineProcess, needPyzmq, python } from '../helpers/peer.js'
import { until } from '../helpers/until.js'

//   pyzmq PUB ──▶ engine ── serve.ts ── memory port ── client, as the page has it

needPyzmq()

const TOPICS = 200
/** Numbers of topic 0; each fifth is left out, and the last is not one of those. */
const TICKS = 203
const SKIP = 5
const MIXED = fileURLToPath(new URL('peers/mixed.py', import.meta.url))

/** The page's end of a line to an app of its own. */
async function page(): Promise<Client> {
  const directory = await mkdtemp(join(tmpdir(), 'socketeer-radio-'))
  const app = await createApp({ host: 'browser', directory })
  const [theirs, ours] = memoryPortPair()
  serve(theirs, app)
  const client = new Client(ours)
  onTestFinished(async () => {
    client.close()
    await app.close()
    await rm(directory, { recursive: true, force: true })
  })
  await client.ready
  return client
}

const said = <T>(name: string) => {
  return (line: string) => (JSON.parse(line) as Record<string, T>)[name]
}

/** A subscriber that has heard all that 200 topics said. */
async function heard(client: Client, radio: RadioSettingsInput): Promise<{ id: string; sent: Record<string, number> }> {
  const args = ['--bind', 'tcp://127.0.0.1:*', '--topics', TOPICS, '--ticks', TICKS, '--skip', SKIP].map(String)
  const peer = new LineProcess('mixed.py', python, ['-u', MIXED, ...args])
  const address = await peer.line(said<string>('ready'))
  const { id } = await client.call('session.open', { settings: settingsOf('subscriber', `>${address}`, { radio }) })
  await peer.line((line) => line.includes('subscribed'))
  peer.write('go\n')
  const sent = await peer.line(said<Record<string, number>>('sent'))
  const all = Object.values(sent).reduce((sum, n) => sum + n, 0)
  await until(
    async () => (await client.call('session.list')).numbers.find((each) => each.id === id)?.in.messages === all,
    { deadline: DEADLINE, what: `${all} messages` },
  )
  return { id, sent }
}

/** What the gap watch says once it has read everything. */
async function watched(client: Client, id: string): Promise<GapReport> {
  const { report } = await until(async () => {
    const report = await client.call('radio.gaps', { id })
    return report.behind === 0 ? { report } : undefined
  })
  return report
}

const json = (path: string) => ({ kind: 'json', path }) as const
const first = { kind: 'text', name: 'plant/line0/machine/0' } as const

describe('what a page asks of a radio that hears pyzmq', () => {
  it('topics with exact counts, their histories, what is missing, and numbers over time', async () => {
    const client = await page()
    const { id, sent } = await heard(client, {
      gaps: { sequence: json('seq'), perTopic: true, timestamp: { place: json('t'), unit: 'ms' } },
      signals: [
        { id: 'one', name: 'one', topic: first, place: json('value') },
        { id: 'all', name: 'all', place: json('value') },
      ],
    })
    const all = Object.values(sent).reduce((sum, n) => sum + n, 0)

    const counts: Record<string, number> = {}
    const names: string[] = []
    let changes = await client.call('radio.topics', { id })
    for (;;) {
      names.push(...topicNames(changes.names).map(({ name }) => name))
      const entries = new TopicEntries(changes.entries)
      for (let i = 0; i < entries.length; i++) counts[names[entries.index(i)] ?? '?'] = entries.messages(i)
      if (changes.known >= changes.topics && changes.behind === 0) break
      changes = await client.call('radio.topics', { id, since: changes.revision, known: changes.known })
    }
    expect(counts).toEqual(sent)
    expect(changes.sources).toMatchObject([{ source: 0, messages: all }])
    expect([changes.gone, changes.others.messages]).toEqual([0, 0])

    const index = names.indexOf(first.name)
    const history = await client.call('radio.history', { id, topics: [index, names.length - 1] })
    expect(history.byteLength).toBe(2 * HISTORY_POINTS * 4)
    const points = new Uint32Array(history.slice(0, HISTORY_POINTS * 4).buffer)
    expect(points.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(counts[first.name] ?? 0)

    const gaps = await watched(client, id)
    expect(gaps.total).toEqual({
      received: all,
      gaps: Math.floor(TICKS / SKIP),
      missing: Math.floor(TICKS / SKIP),
      duplicates: 0,
      reordered: 0,
      restarts: 0,
    })
    expect(gaps.senders[0]).toMatchObject({ topic: first, missing: Math.floor(TICKS / SKIP) })
    expect(gaps.senders).toHaveLength(TOPICS)
    expect(gaps.delay?.count).toBe(all)

    await until(async () => (await client.call('radio.signals', { id })).every(({ behind }) => behind === 0))
    const status = await client.call('radio.signals', { id })
    expect(status.map(({ read, unreadable, gone }) => ({ read, unreadable, gone }))).toEqual([
      { read: sent[first.name], unreadable: 0, gone: 0 },
      { read: all, unreadable: 0, gone: 0 },
    ])
    const { series } = await client.call('radio.plot', { id, signals: ['one', 'all'], from: 0, width: 100 })
    for (const { points: bytes } of series) expect(bytes.byteLength / 16).toBeLessThanOrEqual(200 + 2)
    const values = new Float64Array(series[1]?.points.slice().buffer ?? new ArrayBuffer(0))
    const drawn = values.subarray(values.length / 2)
    // Topic 199 says each tenth tick, and begins with 199; topic 0 begins with 0.
    expect([Math.min(...drawn), Math.max(...drawn)]).toEqual([0, 199.2])
    const [one] = await client.call('radio.statistics', { id, signals: ['one'] })
    expect(one).toMatchObject({ n: sent[first.name], min: 0, max: 0.202, last: 0.202 })

    let text = ''
    let at: number[] | undefined
    do {
      const piece = await client.call('radio.csv', { id, signals: ['one'], ...(at === undefined ? {} : { at }) })
      text += piece.text
      at = piece.next
    } while (at !== undefined)
    expect(text.trimEnd().split('\n')).toHaveLength((sent[first.name] ?? 0) + 1)
  })

  it('a place that cannot be read is refused, and what was watched goes on', async () => {
    const client = await page()
    const { id } = await heard(client, { gaps: { sequence: json('seq'), perTopic: true } })
    await expect(
      client.call('radio.set', {
        id,
        radio: {
          signals: [{ id: 's', name: 's', place: { kind: 'struct', layout: '<?:', field: 'x', frame: -1 } }],
          protos: [],
          plots: { list: [], linked: true },
        },
      }),
    ).rejects.toMatchObject({ code: 'BAD_LAYOUT' })
    const { watch, total } = await watched(client, id)
    expect(watch).toMatchObject({ sequence: json('seq') })
    expect(total.missing).toBe(Math.floor(TICKS / SKIP))
  })
})
