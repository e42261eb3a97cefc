import { encode } from '@msgpack/msgpack'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { webSocketPort, type WebSocketPortOptions } from '../../src-main/bridge/websocket-port.js'
import type { Port } from '../../src-main/contract/index.js'
import { until } from '../helpers/until.js'

let http: Server
let sockets: WebSocketServer

beforeEach(async () => {
  http = createServer().listen(0, '127.0.0.1')
  await once(http, 'listening')
  sockets = new WebSocketServer({ server: http, maxPayload: 1000 })
})
afterEach(async () => {
  for (const client of sockets.clients) client.terminate()
  http.close()
  await once(http, 'close')
})

interface Line {
  client: WebSocket
  port: Port
  heard: unknown[]
  dropped: string[]
  closed: () => boolean
}

async function connect(options: WebSocketPortOptions = {}): Promise<Line> {
  const incoming = once(sockets, 'connection') as Promise<[WebSocket]>
  const client = new WebSocket(`ws://127.0.0.1:${(http.address() as AddressInfo).port}`)
  const [socket] = await incoming
  await once(client, 'open')
  const line = { heard: [] as unknown[], dropped: [] as string[], isClosed: false }
  const port = webSocketPort(socket, { ...options, onDropped: (reason) => line.dropped.push(reason) })
  port.onMessage((frame) => line.heard.push(frame))
  port.onClose(() => (line.isClosed = true))
  return { client, port, heard: line.heard, dropped: line.dropped, closed: () => line.isClosed }
}

it.each([
  ['text', 'hello', /it is text/],
  ['a byte that msgpack does not have', new Uint8Array([0xc1]), /no msgpack frame/],
  ['half a frame', encode({ kind: 'call', id: 1, name: 'app.info' }).subarray(0, 9), /no msgpack frame/],
  ['two frames in one', new Uint8Array([0x80, 0x80]), /no msgpack frame/],
  ['a prototype key', new Uint8Array([0x81, 0xa9, ...Buffer.from('__proto__'), 0x80]), /__proto__ is not allowed/],
  ['an array said to have 4 billion items', new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff]), /length/],
])('ends the line when it is sent %s, and says why', async (_what, bytes, why) => {
  const line = await connect()
  line.client.send(bytes)
  const [code] = (await once(line.client, 'close')) as [number]
  expect(code).toBe(1007)
  expect(line.closed()).toBe(true)
  expect(line.dropped).toHaveLength(1)
  expect(line.dropped[0]).toMatch(why)
  expect(line.heard).toEqual([])
})

it('hands on deep nesting as it is: the dispatcher looks at the envelope only', async () => {
  const line = await connect()
  line.client.send(new Uint8Array([...Array<number>(900).fill(0x91), 0x01]))
  await until(() => line.heard.length === 1)
  expect(line.closed()).toBe(false)
})

it('takes a message at the limit and ends the line at one byte more', async () => {
  const line = await connect()
  const overhead = encode(new Uint8Array(900)).length - 900
  line.client.send(encode(new Uint8Array(1000 - overhead)))
  await until(() => line.heard.length === 1)
  line.client.send(encode(new Uint8Array(1001 - overhead)))
  const [code] = (await once(line.client, 'close')) as [number]
  expect(code).toBe(1009)
  expect(line.closed()).toBe(true)
  expect(line.dropped).toEqual(['Max payload size exceeded'])
  expect(line.heard).toHaveLength(1)
})

it('drops a view that does not read, counting what waits for it, and no other', async () => {
  const slow = await connect({ waitingLimit: 1_000_000 })
  const quick = await connect({ waitingLimit: 1_000_000 })
  let read = 0
  quick.client.on('message', () => read++)
  slow.client.pause()
  const value = new Uint8Array(100_000)
  let sent = 0
  await until(
    () => {
      for (const { port } of [slow, quick]) port.send({ kind: 'event', name: 'gone', value })
      sent++
      return slow.closed()
    },
    { what: 'the slow view to be dropped' },
  )
  expect(slow.dropped).toHaveLength(1)
  expect(slow.dropped[0]).toMatch(/^it left \d{7,} bytes unread$/)
  await until(() => read === sent, { what: 'the other view to have everything' })
  expect(quick.dropped).toEqual([])
})

it('lets one large answer through to a view that reads', async () => {
  const line = await connect({ waitingLimit: 1_000_000 })
  line.port.send({ kind: 'done', id: 1, value: new Uint8Array(8_000_000) })
  const [data] = (await once(line.client, 'message')) as [Buffer]
  expect(data.byteLength).toBeGreaterThan(8_000_000)
  line.port.close()
  line.port.close()
  expect(line.closed()).toBe(true)
  expect(line.dropped).toEqual([])
})
