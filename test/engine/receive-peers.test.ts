import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { curveKeyPair, Push } from 'zeromq'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../src-main/engine/session.js'
import { useWire } from '../../src-main/engine/wire/wire.js'
import { boundTo, linked, texts, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

// The rest of receive-conformance.test.ts: who may send, how much at a time, and who it was.

const MiB = 1024 * 1024
const long = { deadline: 60_000 }
const any = 'tcp://127.0.0.1:*'
const ours = curveKeyPair()

beforeAll(async () => {
  const wire = await useWire()
  if (typeof wire === 'string') throw new Error(`The receiving thread does not work here: ${wire}`)
})

describe.each(['portable', 'wire'] as const)(
  'peers of a session that receives by %s',
  { timeout: 120_000 },
  (driver) => {
    const bench = useEngine({ journalBytes: 64 * MiB, keyring: { pair: () => ours } })
    const sinkAt = (address: string, more: object = {}) => bench.open('sink', address, { driver, ...more })
    const count = (session: Session) => session.numbers().in.messages
    /** What is known of who sent rows `from` to `to`, each once. */
    const senders = (session: Session, from: number, to: number) => [
      ...new Set(Array.from({ length: to - from + 1 }, (_, i) => session.peerOf(from + i))),
    ]
    /** Addresses come by another way than the rows, and may come later. */
    const told = (session: Session, last: number) =>
      until(() => driver === 'portable' || senders(session, 1, last).every((address) => address !== undefined), long)

    it('are told by their address where the driver tells: one, several, and one again', async () => {
      const sink = await sinkAt(any)
      const [one, two] = [new Push({ linger: 0 }), new Push({ linger: 0 })]
      const known = driver === 'wire' ? ['127.0.0.1'] : [undefined]
      one.connect(boundTo(sink))
      for (let i = 0; i < 300; i++) await one.send([String(i), 'x'])
      await until(() => count(sink) === 300, long)
      await told(sink, 300)
      expect(senders(sink, 1, 300)).toEqual(known)
      two.connect(boundTo(sink))
      await until(() => sink.info().links[0]!.peers === 2, long)
      for (let i = 0; i < 100; i++) for (const each of [one, two]) await each.send([String(i), 'x'.repeat(i * 10)])
      await until(() => count(sink) === 500, long)
      one.close()
      await until(() => sink.info().links[0]!.peers === 1, long)
      for (let i = 0; i < 100; i++) await two.send(String(i))
      await until(() => count(sink) === 600, long)
      two.close()
      await told(sink, 600)
      expect(senders(sink, 301, 600)).toEqual(known)
      expect(senders(sink, 601, 601)).toEqual([undefined])
      expect(sink.row(1)!.ref).toBe(0)
    })

    it('are told apart where their addresses differ, message by message', async ({ skip }) => {
      if (process.platform !== 'linux') skip('Only Linux has all of 127.0.0.0/8.')
      const sink = await sinkAt('tcp://0.0.0.0:*')
      const port = boundTo(sink).split(':').at(-1)!
      const pushes = [2, 3, 4].map((n) => {
        const push = new Push({ linger: 0 })
        push.connect(`tcp://127.0.0.${n}:0;127.0.0.1:${port}`)
        return push
      })
      await until(() => sink.info().links[0]!.peers === 3, long)
      for (let i = 0; i < 200; i++) for (const [n, push] of pushes.entries()) await push.send(String(n + 2))
      await until(() => count(sink) === 600, long)
      await told(sink, 600)
      for (const push of pushes) push.close()
      for (let seq = 1; seq <= 600; seq++)
        expect(sink.peerOf(seq)).toBe(driver === 'wire' ? `127.0.0.${texts(sink, seq)[0]!}` : undefined)
    })

    it('are told over ipc by their process', async () => {
      const file = join(await mkdtemp(join(tmpdir(), 'socketeer-peer-')), 's')
      const sink = await sinkAt(`ipc://${file}`)
      const push = new Push({ linger: 0 })
      push.connect(`ipc://${file}`)
      await push.send('x')
      await until(() => count(sink) === 1, long)
      if (process.platform === 'linux') await told(sink, 1)
      push.close()
      const { pid } = process
      if (driver === 'wire' && process.platform === 'linux')
        expect(sink.peerOf(1)).toMatch(new RegExp(`:${process.getuid!()}:${process.getgid!()}:${pid}$`))
      else expect(sink.peerOf(1)).toBeUndefined()
    })

    it('are held back by the high-water mark that is set, and lose nothing', async () => {
      const sink = await sinkAt(any, { options: { receiveHighWaterMark: 5 } })
      const push = new Push({ linger: 0, sendHighWaterMark: 5, sendTimeout: 0 })
      push.connect(boundTo(sink))
      await linked(sink)
      await push.send('first')
      await until(() => count(sink) === 1, long)
      const release = sink.hold()
      const large = Buffer.alloc(256 * 1024)
      let sent = 0
      // Full when it stays so: what is on its way between the two is the system's.
      for (let full = 0; full < 50; await new Promise((resolve) => setImmediate(resolve))) {
        const taken = await push.send(large).then(
          () => true,
          () => false,
        )
        if (taken) sent++
        full = taken ? 0 : full + 1
      }
      expect(sent).toBeLessThan(500)
      release()
      await until(() => count(sink) === sent + 1, long)
      push.close()
    })

    it('must hold the key that a client of CURVE asks for', async () => {
      const theirs = curveKeyPair()
      const push = new Push({ linger: 0, curveServer: true, curveSecretKey: theirs.secretKey })
      await push.bind(any)
      const curve = (server: string) => ({ security: { mechanism: 'curve', as: 'client', server } })
      const sink = await sinkAt(`>${push.lastEndpoint!}`, curve(theirs.publicKey))
      await linked(sink)
      await push.send(['secret', 'x'])
      await until(() => count(sink) === 1, long)
      expect(texts(sink, 1)).toEqual(['secret', 'x'])
      expect(sink.timeline(0).map(({ kind }) => kind)).toContain('encrypted')
      expect(sink.info().driver).toBe(driver)
      const wrong = await sinkAt(`>${push.lastEndpoint!}`, curve(ours.publicKey))
      await until(() => wrong.info().links[0]!.state === 'no-handshake', long)
      push.close()
    })

    it('who show their keys to a server of CURVE come in if they are on its list, and the timeline names them', async () => {
      const [known, stranger] = [curveKeyPair(), curveKeyPair()]
      const clients = [{ name: 'robot', key: known.publicKey }]
      const sink = await sinkAt(any, {
        security: { mechanism: 'curve', as: 'server', key: 'ours', admit: 'listed', clients },
      })
      expect(sink.info().driver).toBe(driver)
      const said = (kind: string) => sink.timeline(0).filter((event) => event.kind === kind)
      const pushFrom = ({ publicKey, secretKey }: typeof known) => {
        const keys = { curvePublicKey: publicKey, curveSecretKey: secretKey, curveServerKey: ours.publicKey }
        const push = new Push({ linger: 0, ...keys })
        push.connect(boundTo(sink))
        return push
      }
      const pushes = [pushFrom(stranger)]
      await until(() => said('turned-away').length > 0, long)
      pushes.push(pushFrom(known))
      await pushes[1]!.send(['secret', 'x'])
      await until(() => count(sink) === 1, long)
      expect(texts(sink, 1)).toEqual(['secret', 'x'])
      expect(said('turned-away')[0]).toMatchObject({ address: '127.0.0.1', detail: stranger.publicKey })
      expect(said('encrypted').map(({ detail }) => detail)).toEqual([`robot ${known.publicKey}`])
      for (const push of pushes) push.close()
    })
  },
)
