import { m } from '../paraglide/messages.js'
import { type Action, type ActionGroup } from './actions.svelte.js'

export interface Section {
  /** '' for what a query found: best first, whatever group it is of. */
  readonly name: string
  readonly items: readonly { readonly action: Action; readonly at: number }[]
}

export const groupWord = (group: ActionGroup): string => m[`palette_${group}`]()

/** What the palette lists, under headings. @param recent how many of them, at the beginning, were used last; undefined: a query found them */
export function sectionsOf(found: readonly Action[], recent: number | undefined): Section[] {
  const sections = new Map<string, { action: Action; at: number }[]>()
  found.forEach((action, at) => {
    const name = recent === undefined ? '' : at < recent ? m.palette_recent() : groupWord(action.group)
    sections.set(name, [...(sections.get(name) ?? []), { action, at }])
  })
  return [...sections].map(([name, items]) => ({ name, items }))
}
