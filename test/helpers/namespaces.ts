import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { atEnd } from './ending.js'
import { LineProcess } from './peer.js'

/** Two machines and the cable between them, as the kernel sees it: network namespaces and a pair of virtual interfaces. No packet leaves them. */
export interface Cable {
  /** The addresses of its two ends. */
  readonly left: string
  readonly right: string
  /** Starts a program at one end. It is killed when the test ends. */
  start(end: 'left' | 'right', name: string, command: string, args: string[]): LineProcess
  /** Pulls the plug at the left end, or puts it back: no FIN and no reset, packets are gone. */
  plug(there: boolean): void
}

/** Why there can be none on this machine; undefined where there can. */
export function noCable(): string | undefined {
  if (process.platform !== 'linux') return 'network namespaces are a thing of Linux'
  if (process.getuid?.() !== 0) return 'making network namespaces takes root'
  const name = `sk-${randomBytes(3).toString('hex')}`
  const { status, error } = spawnSync('ip', ['netns', 'add', name])
  spawnSync('ip', ['netns', 'del', name])
  return status === 0 ? undefined : `ip netns does not work here (${error?.message ?? `it ended with ${status}`})`
}

/** Lays one. It is gone with the test. */
export function layCable(): Cable {
  const id = randomBytes(3).toString('hex')
  const [a, b] = [`sk-${id}-a`, `sk-${id}-b`]
  const [x, y] = [`sk${id}a`, `sk${id}b`]
  const left = '10.77.0.1'
  const right = '10.77.0.2'
  // Those that live within go first: they are killed by hooks that were given later.
  atEnd(() => {
    for (const each of [a, b]) spawnSync('ip', ['netns', 'del', each])
  })
  for (const each of [a, b]) ip('netns', 'add', each)
  ip('link', 'add', x, 'netns', a, 'type', 'veth', 'peer', 'name', y, 'netns', b)
  for (const [space, card, address] of [
    [a, x, left],
    [b, y, right],
  ] as const) {
    ip('-n', space, 'address', 'add', `${address}/30`, 'dev', card)
    ip('-n', space, 'link', 'set', 'lo', 'up')
    ip('-n', space, 'link', 'set', card, 'up')
  }
  return {
    left,
    right,
    start: (end, name, command, args) =>
      new LineProcess(name, 'ip', ['netns', 'exec', end === 'left' ? a : b, command, ...args]),
    plug: (there) => ip('-n', a, 'link', 'set', x, there ? 'up' : 'down'),
  }
}

function ip(...args: string[]): void {
  const { status, stderr } = spawnSync('ip', args)
  if (status !== 0) throw new Error(`ip ${args.join(' ')} ended with ${status}: ${stderr.toString()}`)
}
