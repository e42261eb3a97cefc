import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { expect, it } from 'vitest'
import { built, listeningOn } from '../helpers/cli.js'
import { atEnd } from '../helpers/ending.js'
import { boundTo } from '../helpers/engine.js'
import { DEADLINE, LineProcess, needPyzmq, PythonPeer } from '../helpers/peer.js'
import { until } from '../helpers/until.js'
import { descriptorsOf, says, timelineOf, useOracle } from './oracle.js'

// F10: thousands of connections, half of them silent. They are accepted or refused; the silent ones are dropped after the handshake interval. Where descriptors run out the
// listener spins (925,948 `accept:error` in 3 s, P16): the timeline has one line of them, and it recovers.

needPyzmq()
const bench = useOracle({ kept: 96 })
const all = { deadline: 2 * DEADLINE }

async function crowd(port: number, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  atEnd(() => sockets.forEach((socket) => socket.destroy()))
  for (let n = 0; n < count; n += 100) {
    const some = Array.from({ length: Math.min(100, count - n) }, () => {
      const socket = connect(port, '127.0.0.1')
      socket.on('error', () => undefined)
      socket.resume()
      return socket
    })
    sockets.push(...some)
    await Promise.all(some.map((socket) => Promise.race([once(socket, 'connect'), once(socket, 'close')])))
  }
  return sockets
}

it('F10: 3000 connections, half silent and half cut off in their greeting: all are dropped within the handshake interval, the next peer is served', async ({
  skip,
}) => {
  const sink = await bench.open('sink', 'tcp://127.0.0.1:*', { options: { handshakeInterval: 1000 } })
  const port = Number(boundTo(sink).split(':')[2])
  // Both ends are in this process.
  const limit = openFiles()
  if (limit < 7000) skip(`this process may open ${limit} files, and both ends of 3000 connections take 6000`)
  const sockets = await crowd(port, 3000)
  sockets.forEach((socket, n) => n % 2 === 0 && !socket.destroyed && socket.write(Buffer.from('ff000000', 'hex')))
  await until(() => sockets.every(({ destroyed }) => destroyed), { ...all, what: 'all of them to be dropped' })
  await says(sink, 'handshake failed')
  expect(timelineOf(sink).length).toBeLessThan(50)
  const peer = await PythonPeer.start('push', '--connect', boundTo(sink))
  peer.send([Buffer.from('and me?')])
  await until(() => sink.numbers().in.messages === 1, all)
}, 90_000)

it('F10: at 80 descriptors, 300 connections: it lives, its news stay few, and it serves again when they are gone', async ({
  skip,
}) => {
  if (process.platform === 'win32') skip('there is no ulimit')
  const command = `ulimit -n 80; exec "${process.execPath}" "${built}" pull @tcp://127.0.0.1:*`
  const cli = new LineProcess('socketeer pull, 80 descriptors', 'sh', ['-c', command])
  const endpoint = await listeningOn(cli)
  const descriptors = () => descriptorsOf(cli.child.pid!) ?? 0
  const before = descriptors()
  const sockets = await crowd(Number(endpoint.split(':')[2]), 300)
  await cli.line((line) => line.includes('was turned away') || line.includes('files'), 'err')
  for (const socket of sockets) socket.destroy()
  const peer = await PythonPeer.start('push', '--connect', endpoint)
  peer.send([Buffer.from('and me?')])
  await cli.line((line) => line === 'and me?')
  await peer.kill()
  await until(() => descriptors() <= before, { ...all, what: 'its descriptors to be as before' })
  expect(cli.err.length).toBeLessThan(1000)
  expect(await cli.kill('SIGINT')).toBe(0)
})

/** How many files this process may open. */
function openFiles(): number {
  const report = process.report.getReport() as unknown as { userLimits?: { open_files?: { soft: number | string } } }
  const soft = report.userLimits?.open_files?.soft ?? 0
  return soft === 'unlimited' ? Infinity : Number(soft)
}
