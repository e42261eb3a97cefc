/** Apple's keyboards have ⌘ where the others have Ctrl. */
const apple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent)

/** The key that goes with shortcuts on this machine. */
export const withCommand = (event: KeyboardEvent): boolean => (apple ? event.metaKey : event.ctrlKey)

/** How the shortcut for sending is written on this machine. */
export const sendKeys = apple ? '⌘ ↵' : 'Ctrl ↵'

/** Whether Enter is being used to pick a word from an input method's list: it must not send. */
export const composing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229

/** How the shortcut that opens the message library is written on this machine. */
export const libraryKeys = apple ? '⌘ ⇧ K' : 'Ctrl Shift K'

/** How the shortcut of a library message is written. */
export const keyName = (digit: number): string => (apple ? `⌥ ${digit}` : `Alt ${digit}`)

/** The digit that was pressed with Alt alone, 1–9, or 0. By its place on the keyboard: with ⌥, Apple's keys type other characters. */
export function altDigit(event: KeyboardEvent): number {
  if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return 0
  return Number(/^Digit([1-9])$/.exec(event.code)?.[1] ?? 0)
}
