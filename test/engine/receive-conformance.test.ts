import { setTimeout as pause } from 'node:timers/promises'
import fc from 'fast-check'
import { Push } from 'zeromq'
import { beforeAll, describe, expect, it } from 'vitest'
import { PageView } from '../../src-main/contract/index.js'
import type { Session } from '../../src-main/engine/session.js'
import { useWire } from '../../src-main/engine/wire/wire.js'
import { boundTo, frames, linked, rows, settingsOf, texts, useEngine } from '../helpers/engine.js'
import { freePort } from '../helpers/peer.js'
import { until } from '../helpers/until.js'

// Both ways of receiving write the same rows, tell the same of their links, and count the same. What they take differs; what a session shows does not.

const MiB = 1024 * 1024
const long = { deadline: 60_000 }
const any = 'tcp://127.0.0.1:*'

beforeAll(async () => {
  // Where the receiving thread cannot be, its half of this suite says why.
  const wire = await useWire()
  if (typeof wire === 'string') throw new Error(`The receiving thread does not work here: ${wire}`)
})

describe.each(['portable', 'wire'] as const)('receiving by %s', { timeout: 120_000 }, (driver) => {
  const bench = useEngine({ journalBytes: 64 * MiB })

  const sinkAt = (addresses: string | string[], more: object = {}) => bench.open('sink', addresses, { driver, ...more })

  /** A sink, and a plain PUSH socket that is connected to it. */
  async function pair(more: object = {}): Promise<[Session, Push]> {
    const sink = await sinkAt(any, more)
    const push = new Push({ linger: 0, sendHighWaterMark: 0 })
    push.connect(boundTo(sink))
    await linked(sink)
    return [sink, push]
  }

  const count = (session: Session) => session.numbers().in.messages
  const kinds = (session: Session) => session.timeline(0).map(({ kind }) => kind)

  it('says which it is', async () => {
    const sink = await sinkAt(any)
    expect(sink.info()).toMatchObject(
      driver === 'wire' ? { driver } : { driver, driverWhy: { reason: 'asked', detail: '' } },
    )
    const { state } = await bench.engine.open(settingsOf('sink', 'inproc://here', { driver }))
    expect(state).toMatchObject(driver === 'wire' ? { kind: 'failed', fault: { code: 'NO_WIRE' } } : { kind: 'open' })
  })

  describe('messages', () => {
    it('are kept byte by byte and frame by frame, in order', async () => {
      const [sink, push] = await pair()
      const message = fc.array(
        fc.oneof(
          { weight: 8, arbitrary: fc.uint8Array({ maxLength: 60 }) },
          { weight: 1, arbitrary: fc.nat(90_000).map((size) => new Uint8Array(size).fill(size)) },
        ),
        { minLength: 1, maxLength: 8 },
      )
      const sent = fc.sample(message, { numRuns: 2000, seed: 7 })
      for (const parts of sent) await push.send(parts)
      await until(() => count(sink) === sent.length, long)
      push.close()
      const { first, last, evicted } = sink.numbers()
      expect([last, evicted]).toEqual([sent.length, first - 1])
      for (let seq = first; seq <= last; seq++) {
        const row = sink.row(seq)!
        const wanted = sent[seq - 1]!
        expect([row.seq, row.direction, row.source, row.malformed, row.ref, row.progress, row.rule]).toEqual([
          ...[seq, 'in', 0, false, 0, 'none', 0],
        ])
        expect(row.frames.length).toBe(wanted.length)
        row.frames.forEach((frame, f) => {
          if (Buffer.compare(frame.bytes, wanted[f]!) !== 0) throw new Error(`frame ${f} of row ${seq} is another`)
        })
      }
    })

    it('of no bytes, of very many frames, and of every byte there is', async () => {
      const [sink, push] = await pair()
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i)
      await push.send(new Uint8Array())
      await push.send(Array.from({ length: 5000 }, (_, i) => String(i)))
      await push.send([new Uint8Array(), new Uint8Array(), bytes])
      await until(() => count(sink) === 3, long)
      push.close()
      expect(sink.row(1)!.frames.map(({ size }) => size)).toEqual([0])
      expect(texts(sink, 2)).toEqual(Array.from({ length: 5000 }, (_, i) => String(i)))
      expect(sink.row(3)!.frames.map((frame) => [...frame.bytes])).toEqual([[], [], [...bytes]])
      expect(sink.numbers().in.bytes).toBe(18_890 + 256)
    })

    it('far larger than a slab are kept whole, between small ones', async () => {
      const [sink, push] = await pair()
      const sizes = [10, 300_000, 10, 5 * MiB, 4 * MiB, 10, 262_144, 262_112, 262_080, 9 * MiB, 1]
      for (const [i, size] of sizes.entries()) await push.send([Buffer.alloc(size, i), Buffer.alloc(size % 7, 'x')])
      await until(() => count(sink) === sizes.length, long)
      push.close()
      for (const [i, size] of sizes.entries()) {
        const [large, small] = sink.row(i + 1)!.frames
        expect([large!.size, small!.size]).toEqual([size, size % 7])
        expect(Buffer.compare(large!.bytes, Buffer.alloc(size, i))).toBe(0)
      }
    })

    it('that each need a slab of their own are known when they have come, not with the next one', async () => {
      const [sink, push] = await pair()
      for (let n = 1; n <= 50; n++) {
        await push.send(Buffer.alloc(MiB, n))
        await until(() => count(sink) === n, long)
      }
      push.close()
      expect(sink.numbers().in.bytes).toBe(50 * MiB)
    })

    it('over the limit end the connection, and the next ones come', async () => {
      const [sink, push] = await pair({ options: { messageLimit: 100_000, reconnectInterval: 20 } })
      await push.send(Buffer.alloc(100_000, 1))
      await until(() => count(sink) === 1, long)
      await push.send(Buffer.alloc(100_001, 2))
      await until(() => kinds(sink).includes('peer-left'), long)
      await until(() => sink.info().links[0]!.peers === 1, long)
      await push.send('next')
      await until(() => count(sink) === 2, long)
      push.close()
      expect(sink.row(1)!.size).toBe(100_000)
      expect(texts(sink, 2)).toEqual(['next'])
    })

    it('have the time at which they came', async () => {
      const [sink, push] = await pair()
      const spans: [number, number][] = []
      for (let i = 0; i < 20; i++) {
        const before = performance.timeOrigin + performance.now()
        await push.send(String(i))
        await until(() => count(sink) === i + 1, long)
        spans.push([before, performance.timeOrigin + performance.now()])
        await pause(5)
      }
      push.close()
      spans.forEach(([before, after], i) => {
        const { time } = sink.row(i + 1)!
        expect(time).toBeGreaterThanOrEqual(before - 0.5)
        expect(time).toBeLessThanOrEqual(after + 0.5)
      })
    })
  })

  describe('figures', () => {
    it('add up whatever falls off the end, and what is left is the newest', async () => {
      const [sink, push] = await pair()
      const parts = 120_000
      const part = (i: number) => `${i} `.padEnd(900, 'x')
      for (let i = 1; i <= parts; i++) await push.send(part(i))
      await until(() => count(sink) === parts, long)
      push.close()
      const { first, last, evicted, kept, in: received } = sink.numbers()
      expect([last, evicted, received.bytes]).toEqual([parts, first - 1, parts * 900])
      expect(kept).toBeLessThanOrEqual(32 * MiB + 2 * MiB)
      expect(first).toBeGreaterThan(parts / 2)
      for (const seq of [first, first + 1, Math.floor((first + last) / 2), last])
        expect(texts(sink, seq)).toEqual([part(seq)])
      expect(received.rate10).toBeGreaterThan(0)
    })

    it('are told to who listens: every row once and in order', async () => {
      const [sink, push] = await pair()
      const heard: number[] = []
      sink.onRow((seq) => heard.push(seq))
      for (let i = 0; i < 3000; i++) await push.send(String(i))
      await until(() => heard.length === 3000, long)
      push.close()
      expect(heard).toEqual(Array.from({ length: 3000 }, (_, i) => i + 1))
    })
  })

  describe('rows', () => {
    it('cleared in the middle of a flood are hidden, can be brought back, and numbers go on', async () => {
      const [sink, push] = await pair()
      for (let i = 1; i <= 2000; i++) await push.send(String(i))
      await until(() => count(sink) === 2000, long)
      sink.clear()
      expect(sink.numbers()).toMatchObject({ first: 2001, last: 2000, evicted: 0 })
      for (let i = 2001; i <= 4000; i++) await push.send(String(i))
      await until(() => count(sink) === 4000, long)
      expect(sink.numbers()).toMatchObject({ first: 2001, last: 4000 })
      expect(new PageView(sink.page(1, 10, 10)).first).toBe(2001)
      sink.unclear()
      expect(sink.numbers().first).toBe(1)
      push.close()
      expect([texts(sink, 1), texts(sink, 2001), texts(sink, 4000)]).toEqual([['1'], ['2001'], ['4000']])
    })

    it('stay when a session is closed, and others follow when it is opened again, also the other way', async () => {
      const sink = await sinkAt(any)
      for (const [n, way] of [driver, driver, 'portable', 'wire'].entries()) {
        if (n > 0) await sink.reopen(settingsOf('sink', any, { driver: way }))
        expect(sink.state).toEqual({ kind: 'open' })
        const push = new Push({ linger: 0 })
        push.connect(boundTo(sink))
        await push.send(`a${n}`)
        await push.send([`b${n}`, 'more'])
        await until(() => count(sink) === 2 * n + 2, long)
        push.close()
        await sink.close()
      }
      expect(rows(sink, 'in')).toEqual([0, 1, 2, 3].flatMap((n) => [[`a${n}`], [`b${n}`, 'more']]))
      expect(sink.numbers()).toMatchObject({ first: 1, last: 8, evicted: 0 })
    })

    it('go with their session in the middle of a flood', async () => {
      for (let round = 0; round < 5; round++) {
        const [sink, push] = await pair()
        const flood = (async () => {
          for (let i = 0; i < 20_000; i++) await push.send(Buffer.alloc(200))
        })().catch(() => undefined)
        await until(() => count(sink) > round * 500, long)
        await bench.engine.forget(sink.id)
        push.close()
        await flood
        expect(bench.engine.numbers()).toMatchObject({ sessions: 0, kept: 0 })
      }
    })
  })

  describe('links', () => {
    it('of an endpoint that is bound tell who comes and goes', async () => {
      const [sink, push] = await pair()
      expect(sink.info().links[0]).toMatchObject({ state: 'listening', peers: 1, actual: boundTo(sink) })
      push.close()
      await until(() => sink.info().links[0]!.peers === 0, long)
      expect(kinds(sink)).toEqual(['listening', 'peer-joined', 'peer-left'])
    })

    it('of an endpoint that connects wait for a peer, are up with it, lost without it, and up again', async () => {
      const address = `tcp://127.0.0.1:${await freePort()}`
      const sink = await sinkAt(`>${address}`, { options: { reconnectInterval: 20, reconnectMaxInterval: 20 } })
      await until(() => kinds(sink).includes('refused'), long)
      for (let round = 0; round < 2; round++) {
        const push = new Push({ linger: 0 })
        await push.bind(address)
        await until(() => sink.info().links[0]!.state === 'up', long)
        await push.send('x')
        await until(() => count(sink) === round + 1, long)
        await push.unbind(address)
        push.close()
        await until(() => sink.info().links[0]!.state === 'waiting', long)
      }
      expect(kinds(sink).filter((kind) => kind !== 'refused')).toEqual(['connecting', 'up', 'lost', 'up', 'lost'])
    })

    it('name the wrong pattern', async () => {
      const server = await bench.open('server', any)
      const sink = await sinkAt(`>${boundTo(server)}`)
      await until(() => sink.info().links[0]!.state === 'no-handshake', long)
      expect(sink.info().links[0]!.fault?.code).toBe('NO_HANDSHAKE')
    })

    it('that cannot be say why', async () => {
      const sink = await sinkAt(any)
      const taken = await bench.engine.open(settingsOf('sink', `@${boundTo(sink)}`, { driver }))
      expect(taken.state).toMatchObject({ kind: 'failed', fault: { code: 'EADDRINUSE' } })
      const strange = await bench.engine.open(settingsOf('sink', '@tcp://192.0.2.1:5555', { driver }))
      expect(strange.state).toMatchObject({ kind: 'failed', fault: { code: 'EADDRNOTAVAIL' } })
      await sink.close()
      await taken.reopen(
        settingsOf(
          'sink',
          taken.settings.endpoints.map(({ address }) => `@${address}`),
          { driver },
        ),
      )
      expect(taken.state).toEqual({ kind: 'open' })
    })

    it('of several endpoints are one session', async () => {
      const sources = [await bench.open('ventilator', any), await bench.open('ventilator', any)]
      const sink = await sinkAt([any.replace('tcp', '@tcp'), ...sources.map((source) => `>${boundTo(source)}`)])
      const push = new Push({ linger: 0 })
      push.connect(boundTo(sink))
      await linked(sink)
      await push.send('own')
      for (const source of sources) await source.send(frames('task'))
      await until(() => count(sink) === 3, long)
      push.close()
      expect(rows(sink, 'in').sort()).toEqual([['own'], ['task'], ['task']])
    })
  })

  describe('a subscriber', () => {
    it('hears its topics from each station, from the subscription on and until its end', async () => {
      const [one, two] = [await bench.open('publisher', any), await bench.open('publisher', any)]
      const radio = await bench.open('subscriber', [boundTo(one), boundTo(two)], { driver, topics: ['a'] })
      await linked(radio)
      const status = (station: Session) => station.info().status
      const hears = (topic: string, on: boolean) =>
        until(
          () => [one, two].every((station) => JSON.stringify(status(station)).includes(JSON.stringify(topic)) === on),
          long,
        )
      await hears('a', true)
      for (const station of [one, two]) for (const topic of ['a1', 'b1']) await station.send(frames(topic, 'x'))
      await until(() => count(radio) === 2, long)
      radio.subscribe('ü')
      await hears('ü', true)
      await two.send(frames('ü', 'new'))
      await until(() => count(radio) === 3, long)
      radio.unsubscribe('a')
      await hears('a', false)
      for (const topic of ['a2', 'ü2']) await one.send(frames(topic))
      await until(() => count(radio) === 4, long)
      const heard = [1, 2, 3, 4].map((seq) => [radio.row(seq)!.source, ...texts(radio, seq)])
      expect(heard.slice(0, 2).sort()).toEqual([
        [0, 'a1', 'x'],
        [1, 'a1', 'x'],
      ])
      expect(heard.slice(2)).toEqual([
        [1, 'ü', 'new'],
        [0, 'ü2'],
      ])
    })
  })
})
