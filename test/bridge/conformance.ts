import { createServer } from 'node:http'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { dispatch, type Handlers } from '../../src-main/bridge/dispatch.js'
import { memoryPortPair } from '../../src-main/bridge/memory-port.js'
import { webSocketPort } from '../../src-main/bridge/websocket-port.js'
import { Fault, requestArguments, type Port } from '../../src-main/contract/index.js'
import { Client } from '../../src-renderer/bridge/client.js'
import { websocketPort as viewsWebSocketPort } from '../../src-renderer/bridge/websocket-port.js'
import { until, within } from '../helpers/until.js'

/** Makes ports for one test and takes them away after it. */
export interface Ports {
  /** The engine's end and the view's. */
  pair(): Promise<[engine: Port, view: Port]>
  dispose(): Promise<void>
}

export function memoryPorts(): Promise<Ports> {
  return Promise.resolve({ pair: () => Promise.resolve(memoryPortPair()), dispose: () => Promise.resolve() })
}

/** The renderer's port at one end of a real WebSocket, ours at the other. */
export async function webSocketPorts(): Promise<Ports> {
  vi.stubGlobal('WebSocket', WebSocket)
  const http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  const sockets = new WebSocketServer({ server: http })
  const { port } = http.address() as AddressInfo
  return {
    pair: async () => {
      const incoming = once(sockets, 'connection') as Promise<[WebSocket]>
      const view = viewsWebSocketPort(`ws://127.0.0.1:${port}`)
      const [socket] = await incoming
      return [webSocketPort(socket), view]
    },
    dispose: async () => {
      for (const client of sockets.clients) client.terminate()
      const closed = once(http, 'close')
      http.close()
      await closed
      vi.unstubAllGlobals()
    },
  }
}

/** Handlers of which a test gives the ones that it calls. */
export function handlers(given: Partial<Handlers>): Handlers {
  const unexpected = Object.keys(requestArguments).map((name) => [
    name,
    () => {
      throw new Fault('UNEXPECTED', `${name} was not to be called.`)
    },
  ])
  return { ...(Object.fromEntries(unexpected) as Handlers), ...given }
}

/** What a port promises, whatever carries it: view ⇄ client ⇄ port ⇄ dispatcher ⇄ handlers. */
export function portConformance(name: string, open: () => Promise<Ports>): void {
  describe(`port over ${name}`, () => {
    let ports: Ports
    beforeEach(async () => {
      ports = await open()
    })
    afterEach(() => ports.dispose())

    async function connect(given: Partial<Handlers>): Promise<{ client: Client; engine: Port }> {
      const [engine, view] = await ports.pair()
      const client = new Client(view)
      dispatch(engine, handlers(given))
      await within(client.ready, 15_000, 'hello')
      return { client, engine }
    }

    it('keeps bytes as they are, both ways, none or many, text or not', async () => {
      let sent: Uint8Array[] = []
      const { client } = await connect({
        'session.send': ({ frames }) => {
          sent = frames
          return { seq: frames.length }
        },
        'session.message': ({ seq }) => sent[seq - 1] ?? new Uint8Array(),
      })
      const large = new Uint8Array(5_000_000).map((_, i) => (i * 31) % 251)
      const all = Uint8Array.from({ length: 256 }, (_, i) => i)
      const part = all.subarray(0xc0, 0xc4)
      const given = [new Uint8Array(), all, new Uint8Array([0xff, 0xfe, 0x80, 0]), part, large]
      expect(await client.call('session.send', { id: 's', frames: given })).toEqual({ seq: given.length })
      for (const [i, frame] of given.entries()) {
        expect(sent[i]?.constructor).toBe(Uint8Array)
        const back = await client.call('session.message', { id: 's', seq: i + 1 })
        expect(back.constructor).toBe(Uint8Array)
        expect(back.byteLength).toBe(frame.byteLength)
        expect(Buffer.compare(back, frame)).toBe(0)
      }
    })

    it('tells what is left out from what is there', async () => {
      const seen: unknown[] = []
      const { client } = await connect({
        'app.info': (args) => {
          seen.push(args)
          return { version: '1', host: 'browser', versions: {}, platform: '', notices: [] }
        },
        'session.send': (args) => {
          seen.push(args.answers, 'answers' in args)
          return { seq: 1 }
        },
        'session.timeline': (args) => {
          seen.push(args)
          return []
        },
        'session.clear': () => undefined,
      })
      await client.call('app.info')
      await client.call('session.send', { id: 's', frames: [new Uint8Array(1)] })
      await client.call('session.timeline', { id: 's', after: undefined })
      expect(seen).toEqual([undefined, undefined, false, { id: 's', after: 0 }])
      expect(await client.call('session.clear', { id: 's' })).toBeUndefined()
    })

    it('fails a call that it cannot carry, and goes on', async () => {
      const { client } = await connect({ 'session.clear': () => undefined })
      const uncarried = client.call('session.clear', { id: (() => 's') as never })
      await expect(uncarried).rejects.toMatchObject({ name: 'Fault', code: 'INTERNAL' })
      expect(await client.call('session.clear', { id: 's' })).toBeUndefined()
    })

    it('carries a fault with code, sentence and detail', async () => {
      const detail = { address: 'tcp://127.0.0.1:5555', port: 5555, ours: false, other: null }
      const { client } = await connect({
        'session.open': () => Promise.reject(new Fault('EADDRINUSE', 'Port 5555 is in use.', detail)),
        'session.clear': () => {
          throw new Fault('NO_SESSION', 'There is no such session.')
        },
      })
      const settings = {
        role: 'sink' as const,
        endpoints: [{ method: 'bind' as const, address: 'tcp://127.0.0.1:5555' }],
      }
      const fault = await client.call('session.open', { settings }).catch((error: unknown) => error)
      expect(fault).toBeInstanceOf(Fault)
      expect((fault as Fault).shape()).toEqual({ code: 'EADDRINUSE', message: 'Port 5555 is in use.', detail })
      await expect(client.call('session.clear', { id: 's' })).rejects.toMatchObject({
        code: 'NO_SESSION',
        detail: undefined,
      })
    })

    it('answers each of two views with its own results, however slow and in whatever order', async () => {
      const waiting: (() => void)[] = []
      const slow: Partial<Handlers> = {
        'session.message': ({ id, seq }) =>
          new Promise((resolve) => waiting.push(() => resolve(new TextEncoder().encode(`${id} ${seq}`)))),
      }
      const views = [await connect(slow), await connect(slow)]
      const calls = Array.from({ length: 20 }, async (_, i) => {
        const view = i % 2
        // Both views number their calls alike: 1, 2, 3, …
        return views[view]?.client.call('session.message', { id: `view ${view}`, seq: i + 1 })
      })
      await until(() => waiting.length === 20, { what: 'all calls to arrive' })
      for (const answer of waiting.reverse()) answer()
      const answers = (await Promise.all(calls)).map((bytes) => new TextDecoder().decode(bytes))
      expect(answers).toEqual(Array.from({ length: 20 }, (_, i) => `view ${i % 2} ${i + 1}`))
    })

    it('keeps the order of calls, and of results among events', async () => {
      const arrived: number[] = []
      const { client, engine } = await connect({
        'session.message': ({ seq }) => {
          arrived.push(seq)
          engine.send({ kind: 'event', name: 'gone', value: { id: `before ${seq}` } })
          queueMicrotask(() => engine.send({ kind: 'event', name: 'gone', value: { id: `after ${seq}` } }))
          return new Uint8Array(seq % 7)
        },
      })
      const heard: string[] = []
      client.on('gone', ({ id }) => heard.push(id))
      const calls = Array.from({ length: 200 }, (_, i) =>
        client.call('session.message', { id: 's', seq: i + 1 }).then(() => heard.push(`done ${i + 1}`)),
      )
      await Promise.all(calls)
      await until(() => heard.length === 600, { what: 'all events' })
      expect(arrived).toEqual(Array.from({ length: 200 }, (_, i) => i + 1))
      expect(heard.filter((word) => word.startsWith('before'))).toEqual(arrived.map((seq) => `before ${seq}`))
      expect(heard.filter((word) => word.startsWith('done'))).toEqual(arrived.map((seq) => `done ${seq}`))
      for (const seq of arrived) expect(heard.indexOf(`before ${seq}`)).toBeLessThan(heard.indexOf(`done ${seq}`))
    })

    it('cancels one call: the view is told at once, the handler by its signal', async () => {
      const reasons: unknown[] = []
      const { client } = await connect({
        'session.message': (_args, { signal }) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reasons.push(signal.reason)
              reject(signal.reason as Error)
            })
          }),
        'session.clear': () => undefined,
      })
      const abort = new AbortController()
      const cancelled = client.call('session.message', { id: 's', seq: 1 }, { signal: abort.signal })
      const other = client.call('session.message', { id: 's', seq: 2 })
      other.catch(() => undefined)
      await client.call('session.clear', { id: 's' })
      abort.abort()
      await expect(cancelled).rejects.toMatchObject({ code: 'CANCELLED' })
      await until(() => reasons.length === 1, { what: 'the handler to hear of it' })
      expect(reasons[0]).toMatchObject({ code: 'CANCELLED' })
      client.close()
      await expect(other).rejects.toMatchObject({ code: 'PORT_CLOSED' })
    })

    it.each(['view', 'engine'] as const)(
      'closes in the middle of a call from the %s: both sides end it',
      async (side) => {
        const signals: AbortSignal[] = []
        let finish: (() => void) | undefined
        const { client, engine } = await connect({
          'session.message': (_args, { signal }) => {
            signals.push(signal)
            return new Promise((resolve) => (finish = () => resolve(new Uint8Array(1))))
          },
        })
        const pending = [1, 2, 3].map((seq) => client.call('session.message', { id: 's', seq }))
        const settled = Promise.allSettled(pending)
        await until(() => signals.length === 3, { what: 'the calls to arrive' })
        if (side === 'view') client.close()
        else engine.close()
        for (const result of await within(settled, 15_000, 'the calls to end'))
          expect(result).toMatchObject({ status: 'rejected', reason: { code: 'PORT_CLOSED' } })
        await until(() => signals.every((signal) => signal.aborted), { what: 'the handlers to hear of it' })
        expect(signals[0]?.reason).toMatchObject({ code: 'PORT_CLOSED' })
        const send = vi.spyOn(engine, 'send')
        finish?.()
        await Promise.resolve()
        expect(send).not.toHaveBeenCalled()
        // A late listener hears of it as well; sending to a closed port does nothing.
        const late = vi.fn()
        engine.onClose(late)
        expect(late).toHaveBeenCalledOnce()
        engine.send({ kind: 'hello', version: 1 })
        await expect(client.call('app.info')).rejects.toMatchObject({ code: 'PORT_CLOSED' })
      },
    )

    it('delivers what came before anybody listened', async () => {
      const [engine, view] = await ports.pair()
      view.send({ kind: 'cancel', id: 1 })
      view.send({ kind: 'cancel', id: 2 })
      const heard: unknown[] = []
      await until(() => {
        engine.onMessage((frame) => heard.push(frame))
        return heard.length === 2
      })
      expect(heard).toEqual([
        { kind: 'cancel', id: 1 },
        { kind: 'cancel', id: 2 },
      ])
    })
  })
}
