import { Engine } from '../../src-main/engine/engine.js'
import type { Session } from '../../src-main/engine/session.js'
import type { RoleName } from '../../src-main/contract/index.js'
import { startCli, listeningOn } from '../helpers/cli.js'
import { atEnd } from '../helpers/ending.js'
import { boundTo, settingsOf } from '../helpers/engine.js'
import { DEADLINE, freePort, PythonPeer, type LineProcess, type PeerKind } from '../helpers/peer.js'
import { until } from '../helpers/until.js'

/** Who takes a role: our engine in this process, our command line as a process of its own, or a pyzmq script. */
export type Kind = 'engine' | 'cli' | 'pyzmq'
export type Message = Uint8Array[]

/** One end of a pattern, whoever it is. */
export interface Party {
  /** Where it listens. */
  endpoint(): Promise<string>
  send(message: Message): void
  /** Everything received, once it is `count` messages. */
  got(count: number): Promise<Message[]>
  /** Resolves when what is published from now on reaches a subscriber; the `times`-th, where they come and go. */
  subscribed(times?: number): Promise<void>
}

/** Every kind of Socketeer with every kind of counterpart, the two pyzmq ends among themselves once, as a check of the scripts. */
export function combinations(ends: number): Kind[][] {
  const mixes = (ours: Kind): Kind[][] =>
    Array.from({ length: 2 ** ends }, (_, mask) =>
      Array.from({ length: ends }, (_, end) => (((mask >> end) & 1) === 1 ? ('pyzmq' as const) : ours)),
    )
  return [...mixes('engine'), ...mixes('cli').slice(0, -1)]
}

const bytes = (...values: number[]) => Uint8Array.from(values)
const text = (value: string) => new TextEncoder().encode(value)

/** Text and binary, one frame and three; an empty frame, a byte order mark and a line end among them. */
export const samples: readonly Message[] = [
  [text('héllo wörld, 世界 😀')],
  [text('one'), text("two\nlines\t$'quoted'"), text('\ufeffthree')],
  [Uint8Array.from({ length: 256 }, (_, i) => i)],
  [bytes(0xff, 0x00), bytes(), bytes(0xc0, 0xaf, 0x0a)],
]

/** A loopback address that is free, and never the same twice. */
export async function freeEndpoint(): Promise<string> {
  return `tcp://127.0.0.1:${await freePort()}`
}

/** An endpoint that is bound to whatever port is free. */
export const ANY = '@tcp://127.0.0.1:*'

/** @param endpoints each with `@` (bind) or `>` (connect); a worker's are where tasks come from and where results go */
export async function startParty(kind: Kind, role: PeerKind, ...endpoints: string[]): Promise<Party> {
  switch (kind) {
    case 'engine':
      return engineParty(role, await openSession(role, endpoints, role === 'rep' ? { answer: { kind: 'echo' } } : {}))
    case 'cli':
      return cliParty(role, endpoints)
    case 'pyzmq':
      return pyzmqParty(await startPeer(role, ...endpoints))
  }
}

export function startPeer(role: PeerKind, ...endpoints: string[]): Promise<PythonPeer> {
  return PythonPeer.start(
    role,
    ...endpoints.flatMap((endpoint) =>
      endpoint.startsWith('--') ? [endpoint] : [endpoint.startsWith('@') ? '--bind' : '--connect', endpoint.slice(1)],
    ),
  )
}

/** What a server of this kind answers to these frames. */
export function answerOf(kind: Kind, message: Message): Message {
  return kind === 'pyzmq' ? [Buffer.concat([text('re:'), message[0] ?? bytes()]), ...message.slice(1)] : message
}

const roles: Record<PeerKind, RoleName> = {
  rep: 'server',
  req: 'client',
  pub: 'publisher',
  sub: 'subscriber',
  push: 'ventilator',
  pull: 'sink',
  worker: 'worker',
}

/** A session in an engine of its own, closed when the test ends. */
export async function openSession(role: PeerKind, endpoints: string[], more: object = {}): Promise<Session> {
  const engine = new Engine()
  atEnd(() => engine.close())
  const [first = '', second = ''] = endpoints
  const forward = { forward: settingsOf('ventilator', second).endpoints }
  const session = await engine.open(
    settingsOf(roles[role], role === 'worker' ? first : endpoints, { ...(role === 'worker' ? forward : {}), ...more }),
  )
  if (session.state.kind !== 'open') throw new Error(`${role} did not open: ${JSON.stringify(session.state)}`)
  return session
}

/** What a session has received so far. */
export function received(session: Session): Message[] {
  const messages: Message[] = []
  for (let seq = 1; seq <= session.numbers().last; seq++) {
    const row = session.row(seq)
    if (row?.direction === 'in') messages.push(row.frames.map((frame) => frame.bytes))
  }
  return messages
}

/** A session of ours as a party. */
export function engineParty(role: PeerKind, session: Session): Party {
  let turn: Promise<unknown> = Promise.resolve()
  return {
    endpoint: async () => boundTo(session),
    send(message) {
      // A client asks one thing at a time; a test that fails for it fails by what it then does not get.
      if (role === 'req') turn = turn.then(() => session.ask(message)).catch(() => undefined)
      else void session.send(message)
    },
    got: (count) => gathered(() => received(session), count, `the engine's ${role}`),
    async subscribed() {
      await until(
        () => {
          const { status } = session.info()
          return status.role === 'publisher' && status.subscriptions.length > 0
        },
        { deadline: DEADLINE, what: 'a subscription' },
      )
    },
  }
}

/** Our command line as a party, and its process. */
export function cliParty(role: PeerKind, endpoints: string[]): Party & { process: LineProcess } {
  const command = role === 'worker' ? 'work' : role
  const more = { rep: ['--echo'], pub: ['--wait'] }[role as string] ?? []
  const cli = startCli(command, ...endpoints, '--json', ...more)
  return {
    process: cli,
    endpoint: () => listeningOn(cli),
    send: (message) => cli.write(cliRecord(message)),
    got: (count) =>
      gathered(
        () => cliGot(cli),
        count,
        `socketeer ${command}`,
        () => cli.told(),
      ),
    // --wait: it publishes nothing before.
    subscribed: () => Promise.resolve(),
  }
}

/** A message as `--json` reads it. */
export function cliRecord(message: Message): string {
  return `${JSON.stringify({ frames: message.map((frame) => ({ base64: Buffer.from(frame).toString('base64') })) })}\n`
}

/** Messages that a command with `--json` has printed so far. */
export function cliGot(cli: LineProcess): Message[] {
  return cli.out.map((line) => {
    const { frames } = JSON.parse(line) as { frames: { text?: string; base64?: string }[] }
    return frames.map((frame) =>
      Buffer.from(frame.text ?? frame.base64 ?? '', frame.text === undefined ? 'base64' : 'utf8'),
    )
  })
}

export function pyzmqParty(peer: PythonPeer): Party {
  return {
    endpoint: () => peer.endpoint(),
    send: (message) => peer.send(message),
    got: (count) =>
      gathered(
        () => peer.got(),
        count,
        'the pyzmq peer',
        () => peer.told(),
      ),
    async subscribed(times = 1) {
      await until(() => peer.subscribed().length >= times, { deadline: DEADLINE, what: 'a subscription' })
    },
  }
}

async function gathered(look: () => Message[], count: number, who: string, told = () => ''): Promise<Message[]> {
  return await until(
    () => {
      const messages = look()
      return messages.length >= count ? messages : undefined
    },
    { deadline: DEADLINE, what: `${count} messages at ${who}` },
  ).catch((error: Error) => {
    error.message += `; it had ${look().length}${told()}`
    throw error
  })
}
