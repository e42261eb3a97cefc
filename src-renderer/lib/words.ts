import type {
  Desk,
  FaultShape,
  LinkEventKind,
  LinkState,
  Progress,
  RoleName,
  SessionInfo,
  SessionState,
} from '../../src-main/contract/index.js'
import { endpointReason, recordingReason } from './fault-reasons.js'
import type { Format } from '../../src-main/payload/index.js'
import { locale } from './i18n.svelte.js'
import { m } from '../paraglide/messages.js'
import { visibleLine } from './visible.js'

/** The words for what the contract names. A name without words in both languages does not compile. */
export const roleWord = (role: RoleName): string => m[`role_${role}`]()
export const roleTitle = (role: RoleName): string => m[`role_${role}_title`]()
export const roleDoes = (role: RoleName): string => m[`role_${role}_does`]()
export const linkWord = (state: LinkState): string => m[`link_${state}`]()
export const eventWord = (kind: LinkEventKind): string => m[`event_${kind}`]()
/** Why a handshake failed, as the engine's one word or in libzmq's own words. */
export const handshakeReason = (reason: string): string => reasons[reason]?.() ?? reason
const reasons: Readonly<Record<string, (() => string) | undefined>> = {
  denied: m.handshake_denied,
  mechanism: m.handshake_mechanism,
  crypto: m.handshake_crypto,
}
export const progressWord = (progress: Progress): string => m[`progress_${progress}`]()
export const patternWord = (desk: Desk): string => m[`pattern_${desk}`]()
export const stateWord = (kind: Exclude<SessionState['kind'], 'open'>): string => m[`state_${kind}`]()

/** How a payload is typed or shown. */
export const viewWord = (view: Format | 'image'): string => m[`view_${view}`]()

type Words = (inputs: Record<string, string>) => string
const faults = m as unknown as Readonly<Record<string, Words | undefined>>

/** How a session that only receives does so, and why not by the receiving thread; '' for any other. */
export function receiveWord({ driver, driverWhy, settings }: SessionInfo): string {
  if (settings.role !== 'subscriber' && settings.role !== 'sink') return ''
  const why = driverWhy === undefined ? '' : ` (${m[`about_why_${driverWhy.reason}`]()})`
  return m[`about_receive_${driver}`]() + why
}

/** Who sent a message, as libzmq has it: a host, or over ipc `localhost:user:group:process`; '': not known. */
export function senderWords(peer: string): string {
  if (peer === '') return m.inspector_from_unknown()
  const [, uid, pid] = /^(?:localhost)?:(\d+):\d+:(\d+)$/.exec(peer) ?? []
  if (uid === undefined || pid === undefined) return m.inspector_from({ address: visibleLine(peer) })
  return m.inspector_from_process({ uid, pid })
}

/**
 * A fault as a sentence in the language of the screen. The engine's own sentences are English and the fullest; for other
 * languages there are words by code, filled in from the detail, and the English stands in where a code has none.
 */
export function faultText(fault: FaultShape): string {
  const words = faults[`fault_${fault.code}`]
  if (locale.current === 'en' || words === undefined) return fault.message
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(fault.detail ?? {})) values[name] = value === null ? '' : String(value)
  if (typeof fault.detail?.['position'] === 'number') values['place'] = String(fault.detail['position'] + 1)
  if (values['example']) values['example'] = m.fault_example({ example: values['example'] })
  if (fault.code === 'BAD_ENDPOINT') values['what'] = endpointReason(values['what'] ?? '') ?? values['what'] ?? ''
  if (fault.code === 'BAD_RECORDING') values['why'] = recordingReason(values['why'] ?? '') ?? values['why'] ?? ''
  const text = words(values)
  // A value that the words need did not come with the fault.
  return text.includes('undefined') ? fault.message : text.trim()
}
