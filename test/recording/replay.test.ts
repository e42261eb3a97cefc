import { join } from 'node:path'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { ReplaySettingsSchema, type ReplaySettingsInput } from '../../src-main/contract/index.js'
import { now } from '../../src-main/engine/clock.js'
import type { Session } from '../../src-main/engine/session.js'
import { RecordingFile } from '../../src-main/recording/file.js'
import { sessionsOf, type Recorded } from '../../src-main/recording/opened.js'
import { Plan } from '../../src-main/recording/plan.js'
import { Replay } from '../../src-main/recording/replay.js'
import { boundTo, frames, linked, rows, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'
import '../helpers/seeded.js'
import { recordingOf, scratch } from './helpers.js'

const bench = useEngine()

/** What `act` makes a session say, as a recording. */
async function taped(session: Session, act: () => Promise<void>): Promise<Recorded> {
  const folder = scratch()
  const recording = recordingOf(bench.engine, folder, { sessions: [session.id] })
  await recording.start()
  await act()
  await recording.stop()
  const [recorded] = sessionsOf(await RecordingFile.open(join(folder, 'take.mcap')))
  return recorded!
}

function replayOf(recorded: Recorded, session: Session, settings: Partial<ReplaySettingsInput>): Replay {
  const checked = v.parse(ReplaySettingsSchema, {
    role: session.settings.role,
    endpoint: session.settings.endpoints[0]!,
    ...settings,
  })
  return new Replay('1', 'of', new Plan(recorded.journal, checked), checked, session, () => undefined)
}

async function heard() {
  const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
  const subscriber = await bench.open('subscriber', boundTo(publisher))
  await linked(subscriber)
  await until(() => {
    const { status } = publisher.info()
    return status.role === 'publisher' && status.subscriptions.length > 0
  })
  return { publisher, subscriber }
}

/** Six messages on two topics. */
const six = ['a 0', 'b 1', 'a 2', 'b 3', 'a 4', 'b 5']
async function sixTaped(): Promise<Recorded> {
  const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
  return taped(publisher, async () => {
    for (const text of six) await publisher.send(frames(...text.split(' ')))
  })
}

describe('a replay', () => {
  test('says again what was said, and recorded anew it is the same but for its times', async () => {
    const recorded = await sixTaped()
    const { publisher, subscriber } = await heard()
    const again = await taped(subscriber, async () => {
      const replay = replayOf(recorded, publisher, { direction: 'out' })
      replay.start()
      await until(() => replay.over && subscriber.numbers().last === 6, { what: 'all of it' })
      expect(replay.info()).toMatchObject({ state: 'done', sent: 6 })
      replay.setSpeed(2)
      expect(replay.info()).toMatchObject({ state: 'done', sent: 6 })
    })
    expect(rows(subscriber, 'in')).toEqual(six.map((text) => text.split(' ')))
    expect(again.journal.last).toBe(6)
    for (let seq = 1; seq <= 6; seq++) expect(again.journal.row(seq)!.frames).toEqual(recorded.journal.row(seq)!.frames)
    again.journal.close()
    recorded.journal.close()
  })

  test('of any messages at all, recorded anew, has the same frames, sizes and bytes', async () => {
    const frame = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.uint8Array({ minLength: 200, maxLength: 2000 }),
      fc.json().map((text) => new Uint8Array(Buffer.from(text))),
    )
    const { publisher, subscriber } = await heard()
    let count = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(frame, { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 30 }),
        async (all) => {
          const first = await taped(subscriber, async () => {
            for (const message of all) await publisher.send(message)
            count += all.length
            await until(() => subscriber.numbers().in.messages === count, { what: 'all of it' })
          })
          const second = await taped(subscriber, async () => {
            const replay = replayOf(first, publisher, { speed: 0 })
            replay.start()
            count += all.length
            await until(() => replay.over && subscriber.numbers().in.messages === count, { what: 'all of it again' })
          })
          for (const { journal } of [first, second]) {
            expect(journal.last).toBe(all.length)
            const read = all.map((_, n) => journal.row(n + 1)!.frames.map(({ bytes }) => Buffer.from(bytes)))
            expect(read).toEqual(all.map((message) => message.map((bytes) => Buffer.from(bytes))))
          }
          first.journal.close()
          second.journal.close()
        },
      ),
      { numRuns: 10 },
    )
  })

  test('of some topics, under other names, between two marks, over and over', async () => {
    const recorded = await sixTaped()
    const { publisher, subscriber } = await heard()
    const timeOf = (seq: number) => recorded.journal.row(seq)!.time
    const replay = replayOf(recorded, publisher, {
      direction: 'out',
      prefixes: ['b'],
      renames: [{ from: 'b', to: 'test/b' }],
      from: timeOf(3),
      to: timeOf(6),
      speed: 0,
      loop: true,
    })
    replay.start()
    await until(() => subscriber.numbers().last >= 3)
    replay.stop()
    expect(replay.info().loops).toBeGreaterThanOrEqual(2)
    expect(rows(subscriber, 'in').slice(0, 3)).toEqual([
      ['test/b', '3'],
      ['test/b', '3'],
      ['test/b', '3'],
    ])
    recorded.journal.close()
  })

  test('goes step by step, from where it is put', async () => {
    const recorded = await sixTaped()
    const { publisher, subscriber } = await heard()
    const replay = replayOf(recorded, publisher, { direction: 'out', paused: true })
    replay.start()
    await replay.step()
    await replay.step()
    replay.seek(recorded.journal.row(5)!.time)
    await replay.step()
    expect(replay.info()).toMatchObject({ state: 'paused', sent: 3 })
    await until(() => subscriber.numbers().last === 3)
    expect(rows(subscriber, 'in').map(([, n]) => n)).toEqual(['0', '1', '4'])
    replay.play()
    await until(() => replay.over)
    await until(() => subscriber.numbers().last === 4)
    replay.stop()
    recorded.journal.close()
  })

  test('that is to go on elsewhere while a step looks for a message far behind does so, and is not at its end', async () => {
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
    const recorded = await taped(publisher, async () => {
      publisher.put(frames('a', 'near'))
      for (let n = 0; n < 6000; n++) publisher.put(frames('b'))
      publisher.put(frames('a', 'far'))
      await publisher.drained()
    })
    const from = publisher.rows.last
    const replay = replayOf(recorded, publisher, { direction: 'out', prefixes: ['a'], speed: 0, paused: true })
    const said = () => rows(publisher, 'out').slice(from)
    await replay.step()
    await Promise.all([replay.step(), replay.step()])
    expect(replay.info()).toMatchObject({ state: 'paused', sent: 2 })
    replay.seek(0)
    await replay.step()
    const step = replay.step()
    replay.play()
    await step
    await until(() => replay.over, { what: 'its end' })
    expect(replay.info()).toMatchObject({ state: 'done', sent: 4 })
    expect(said()).toEqual(['near', 'far', 'near', 'far'].map((text) => ['a', text]))
    recorded.journal.close()
  })

  test('keeps the pace: twice as fast is never faster than that', async () => {
    const publisher = await bench.open('publisher', 'tcp://127.0.0.1:*')
    const recorded = await taped(publisher, async () => {
      await publisher.send(frames('first'))
      const begun = performance.now()
      await until(() => performance.now() - begun > 400)
      await publisher.send(frames('second'))
    })
    const pace = recorded.journal.row(2)!.time - recorded.journal.row(1)!.time
    let began = 0
    const again = await taped(publisher, async () => {
      const replay = replayOf(recorded, publisher, { direction: 'out', speed: 2 })
      began = now()
      replay.start()
      await until(() => replay.over)
    })
    // From the beginning and not from the first: that one may be late, and the second is in time all the same.
    const took = again.journal.row(2)!.time - began
    expect(took).toBeGreaterThanOrEqual(pace / 2 - 2)
    recorded.journal.close()
    again.journal.close()
  })
})

/** The server's questions are answered so, once they are its to answer. */
function answerBy(server: Session, answer: () => string): () => void {
  return server.onRow((seq) =>
    queueMicrotask(() => {
      if (server.row(seq)?.direction === 'in') void server.send(frames(answer()), { answers: seq })
    }),
  )
}

describe('a recorded talk', () => {
  async function talk(settings: object = {}) {
    const server = await bench.open('server', 'tcp://127.0.0.1:*')
    const client = await bench.open('client', boundTo(server), { deadline: 60_000, ...settings })
    await linked(client)
    let n = 0
    const undo = answerBy(server, () => `answer ${n++}`)
    const recorded = await taped(client, async () => {
      for (const text of ['again', 'other', 'again']) await client.ask(frames(text))
    })
    undo()
    return { server, client, recorded }
  }

  test('is asked once more, and answers that are others than then are told of', async () => {
    const { server, client, recorded } = await talk()
    const answers = ['answer 0', 'something else', 'answer 2']
    answerBy(server, () => answers.shift()!)
    const replay = replayOf(recorded, client, { direction: 'out', speed: 0 })
    replay.start()
    await until(() => replay.over)
    expect(replay.info()).toMatchObject({ sent: 3, same: 2, different: 1, unanswered: 0, firstDifference: { then: 3 } })
    recorded.journal.close()
  })

  test('is asked on by a step though its last question still waits', async () => {
    const { server, client, recorded } = await talk()
    const replay = replayOf(recorded, client, { direction: 'out', speed: 0 })
    const asked = () => rows(server, 'in').slice(3).flat()
    replay.start()
    await until(() => asked().length === 1, { what: 'the first question' })
    const step = replay.step()
    await until(() => asked().length === 2, { what: 'the second' })
    await server.send(frames('answer 1'), { answers: server.rows.last })
    await step
    expect(asked()).toEqual(['again', 'other'])
    expect(replay.info()).toMatchObject({ state: 'paused', sent: 2, same: 1, unanswered: 0 })
    replay.stop()
    recorded.journal.close()
  })

  test('goes on from elsewhere though its last question takes a while to be called off', async () => {
    // A plain envelope: what could still be answered goes with its socket, and a new one is opened for the next.
    const { server, client, recorded } = await talk({ envelope: 'plain' })
    const replay = replayOf(recorded, client, { direction: 'out', speed: 0 })
    const begin = recorded.journal.row(1)!.time
    let questions = 0
    const undo = client.onRow(() => {
      questions++
      if (questions === 2) queueMicrotask(() => replay.seek(begin))
    })
    replay.start()
    await until(() => server.numbers().in.messages === 4, { what: 'the first question' })
    replay.seek(begin)
    await until(() => questions === 3 || replay.over, { what: 'the third question' })
    expect(replay.info()).toMatchObject({ state: 'playing', sent: 3 })
    undo()
    replay.stop()
    recorded.journal.close()
  })

  test('is answered as it was answered then, each time in its turn', async () => {
    const { recorded } = await talk()
    const server = await bench.open('server', 'tcp://127.0.0.1:*')
    const client = await bench.open('client', boundTo(server))
    await linked(client)
    const replay = replayOf(recorded, server, { direction: 'out', speed: 100 })
    replay.start()
    const heardNow: string[] = []
    for (const text of ['again', 'again', 'other']) {
      const { frames: answer } = await client.ask(frames(text))
      heardNow.push(Buffer.from(answer[0]!).toString())
    }
    expect(heardNow).toEqual(['answer 0', 'answer 2', 'answer 1'])
    expect(replay.info()).toMatchObject({ sent: 3, same: 3, different: 0 })
    replay.stop()
    recorded.journal.close()
  })
})
