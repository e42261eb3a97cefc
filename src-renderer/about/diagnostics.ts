import type {
  AppInfo,
  EngineNumbers,
  Notice,
  ReceiveInfo,
  SessionInfo,
  SessionNumbers,
} from '../../src-main/contract/index.js'
import { addressOf } from '../map/place.js'
import type { Workbench } from '../state/workbench.svelte.js'

export interface DiagnosticsInput {
  readonly app: AppInfo | undefined
  readonly receive?: ReceiveInfo | undefined
  /** What the page runs in, as it says of itself. */
  readonly agent: string
  readonly sessions: readonly { readonly info: SessionInfo; readonly numbers: SessionNumbers }[]
  readonly engine: EngineNumbers
  readonly notices: readonly Notice[]
}

/**
 * What somebody who looks for a fault needs to know, as plain English text whatever the language of the screen. No message, no name and no topic is in it,
 * nothing of an address but its kind, and of what went wrong the code alone: a sentence could carry any of them.
 */
export function diagnostics({ app, receive, agent, sessions, engine, notices }: DiagnosticsInput): string {
  const versions = Object.entries(app?.versions ?? {}).map(([name, version]) => `${name} ${version}`)
  return [
    'Socketeer diagnostics',
    line('versions', versions.join(', ') || 'not known'),
    line('host', app?.host ?? 'not known'),
    line('platform', app?.platform ?? 'not known'),
    line('page', agent),
    line('receive', receive === undefined ? 'not known' : received(receive)),
    line('engine', `${engine.sessions} of ${engine.sessionLimit} sessions hold sockets`),
    line('memory', `${engine.kept} of ${engine.poolLimit} bytes kept`),
    '',
    `Sessions: ${sessions.length}`,
    ...sessions.flatMap(({ info, numbers }, i) => session(i + 1, info, numbers)),
    '',
    `Notices: ${notices.length}`,
    ...notices.map(({ time, level, fault }) => `  ${new Date(time).toISOString()} ${level} ${fault.code}`),
    '',
  ].join('\n')
}

/** Why the thread does not work is a sentence of the system's, which may name a file of this person's: whether it does is enough. */
const received = ({ wish, by, unavailable }: ReceiveInfo): string =>
  `${wish}${by === 'nobody' ? '' : ` (${by})`}, receiving thread ${unavailable === undefined ? 'works' : 'does not work'}`

/** Those of a page, as it is now. */
export function diagnosticsOf(
  page: Pick<Workbench, 'app' | 'sessions' | 'engine' | 'notices'>,
  receive: ReceiveInfo | undefined,
): string {
  const { app, sessions, engine, notices } = page
  return diagnostics({ app, receive, agent: navigator.userAgent, sessions, engine, notices })
}

const line = (name: string, what: string): string => `${`${name}:`.padEnd(10)} ${what}`

function session(number: number, info: SessionInfo, numbers: SessionNumbers): string[] {
  const { state, settings } = info
  const how = state.kind === 'failed' ? `failed (${state.fault.code})` : state.kind
  const why = info.driverWhy === undefined ? '' : ` (${info.driverWhy.reason})`
  const receives = settings.role === 'subscriber' || settings.role === 'sink'
  const facts = [
    `${number}. ${settings.role}`,
    how,
    ...(receives ? [`driver ${info.driver}${why}`] : []),
    ...(settings.security.mechanism === 'none' ? [] : [settings.security.mechanism]),
    ...(info.demo ? ['demo'] : []),
    ...(info.recorded === undefined ? [] : ['recorded']),
  ]
  const { in: ins, out } = numbers
  const counters = [
    `in ${ins.messages} messages ${ins.bytes} bytes ${ins.rate1}/s`,
    `out ${out.messages} messages ${out.bytes} bytes ${out.rate1}/s`,
    `rows ${numbers.first}–${numbers.last}`,
    ...(['queued', 'evicted', 'malformed', 'refused', 'late'] as const).map((name) => `${name} ${numbers[name]}`),
  ]
  const links = info.links.map((link) => {
    const kind = addressOf(link.actual || link.address).kind
    const scheme = /^\w+/.exec(link.address)?.[0] ?? '?'
    const fault = link.fault === undefined ? '' : ` (${link.fault.code})`
    return `     ${link.method} ${scheme}, ${reach[kind]}: ${link.state}${fault}, peers ${link.peers}`
  })
  return [`  ${facts.join(', ')}`, `     ${counters.join(', ')}`, ...links]
}

const reach = { inside: 'inside', machine: 'this machine', file: 'a file', network: 'beyond this machine' } as const
