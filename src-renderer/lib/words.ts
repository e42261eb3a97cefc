import type {
  Desk,
  FaultShape,
  LinkEventKind,
  LinkState,
  Progress,
  RoleName,
  SessionState,
} from '../../src-main/contract/index.js'
import { m } from '../paraglide/messages.js'

/** The words for what the contract names. A name without words in both languages does not compile. */
export const roleWord = (role: RoleName): string => m[`role_${role}`]()
export const roleTitle = (role: RoleName): string => m[`role_${role}_title`]()
export const roleDoes = (role: RoleName): string => m[`role_${role}_does`]()
export const linkWord = (state: LinkState): string => m[`link_${state}`]()
export const eventWord = (kind: LinkEventKind): string => m[`event_${kind}`]()
export const progressWord = (progress: Progress): string => m[`progress_${progress}`]()
export const patternWord = (desk: Desk): string => m[`pattern_${desk}`]()
export const stateWord = (kind: Exclude<SessionState['kind'], 'open'>): string => m[`state_${kind}`]()

type Words = (inputs: Record<string, string>) => string
const faults = m as unknown as Readonly<Record<string, Words | undefined>>

/**
 * A fault as a sentence in the language of the screen: by its code, filled in from its detail. The English sentence that came
 * with it stands in where we have no words for the code, or where the detail lacks a value that the words need.
 */
export function faultText(fault: FaultShape): string {
  const words = faults[`fault_${fault.code}`]
  if (words === undefined) return fault.message
  const values: Record<string, string> = {}
  for (const [name, value] of Object.entries(fault.detail ?? {})) values[name] = value === null ? '' : String(value)
  if (values['example'] !== undefined && values['example'] !== '')
    values['example'] = m.fault_example({ example: values['example'] })
  const text = words(values)
  return text.includes('undefined') ? fault.message : text.trim()
}
