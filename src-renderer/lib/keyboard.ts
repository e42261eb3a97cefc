/** Apple's keyboards have ⌘ where the others have Ctrl. */
const apple = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.userAgent)

/** The key that goes with shortcuts on this machine. */
export const withCommand = (event: KeyboardEvent): boolean => (apple ? event.metaKey : event.ctrlKey)

/** How the shortcut for sending is written on this machine. */
export const sendKeys = apple ? '⌘ ↵' : 'Ctrl ↵'

/** Whether Enter is being used to pick a word from an input method's list: it must not send. */
export const composing = (event: KeyboardEvent): boolean => event.isComposing || event.keyCode === 229
