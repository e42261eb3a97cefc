import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, it } from 'vitest'
import { boundTo, useEngine } from '../helpers/engine.js'
import { until } from '../helpers/until.js'

//   peer ── a few messages, then a flood ──▶ ▒▒▒▒ high-water mark ▒▒▒▒ our reader, which stalls
//   peer ✗
// With heartbeats on, libzmq 4.3.5 aborts the whole process here: a stalled event loop (a suspended laptop, say) and a peer that goes meanwhile are enough.

const bench = useEngine()

const flood = `
import os, sys, zmq
kind, endpoint = sys.argv[1:]
socket = zmq.Context().socket(getattr(zmq, kind))
socket.sndhwm = 100000
socket.connect(endpoint)
message = [b"", b"x" * 100] if kind == "DEALER" else [b"x" * 100]
while not sys.stdin.readline():
    pass
for i in range(200000):
    try:
        socket.send_multipart(message, zmq.NOBLOCK)
    except zmq.Again:
        break
sys.stdout.write("sent\\n")
sys.stdout.flush()
os._exit(0)
`

/** Stops this thread, and with it every reader, while libzmq's own threads go on. */
function stall(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

it.each([
  ['sink', 'PUSH'],
  ['subscriber', 'PUB'],
  ['server', 'DEALER'],
] as const)('F4: a %s outlives a peer that floods and goes while nobody reads', async (role, kind) => {
  const session = await bench.open(role, '@tcp://127.0.0.1:*', {
    options: { heartbeatInterval: 50, heartbeatTimeout: 200 },
  })
  const peer = spawn(process.env['SOCKETEER_PYTHON'] ?? '/usr/bin/python3', ['-c', flood, kind, boundTo(session)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = once(peer, 'exit')
  await until(() => session.info().links[0]?.peers === 1, { what: 'the peer' })
  peer.stdin.write('go\n')
  await until(() => session.numbers().in.messages > 0, { what: 'the flood to begin' })
  stall(1000)
  await gone
  await until(() => session.info().links[0]?.peers === 0, { what: 'the peer to be gone' })
  expect(session.state).toEqual({ kind: 'open' })
})
