import { withCommand } from '../lib/keyboard.js'

/** Milliseconds that the first key of a pair waits for the second. */
export const PAIR_PAUSE = 1500

/**
 * A shortcut as it is written in code: `Mod+K` (Ctrl, on Apple's keyboards ⌘), `Mod+Shift+S`, `?`, or two keys one after the other, `G C`. Letters stand for the
 * character that is typed, so that they are where the keyboard's layout has them.
 */
export type Keys = string

const apple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent)

/** As this machine writes it: `⌘ K` or `Ctrl K`. */
export function keysWord(keys: Keys): string {
  return keys
    .split(/[+ ]/)
    .map((key) => (key === 'Mod' ? (apple ? '⌘' : 'Ctrl') : key === 'Shift' ? (apple ? '⇧' : 'Shift') : key))
    .join(' ')
}

/** As assistive technology wants it in `aria-keyshortcuts`. */
export const ariaKeys = (keys: Keys): string => keys.replace('Mod', apple ? 'Meta' : 'Control')

/** Whether a key press is this one: all of it, or the first or second of a pair. */
export function isKey(event: KeyboardEvent, key: string): boolean {
  const parts = key.split('+')
  const name = parts.at(-1) ?? ''
  if (withCommand(event) !== parts.includes('Mod') || event.altKey) return false
  if (event.key.toLowerCase() !== name.toLowerCase()) return false
  // `?` and the like have Shift in them or not, as the layout has it.
  return !/^[a-z]$/i.test(name) || event.shiftKey === parts.includes('Shift')
}

/** Whether it is heard without a modifier, and so must not be taken from somebody who types: function keys type nothing. */
export const isLetter = (keys: Keys): boolean => !/^(Mod\+|F\d)/.test(keys)

/** Whether what has the focus takes letters itself: a field, a list that is searched by typing, a menu. */
export function takesLetters(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false
  return target.closest('input, textarea, select, [contenteditable], [role=menu], [role=listbox]') !== null
}
