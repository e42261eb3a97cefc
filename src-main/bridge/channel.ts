/** The one Electron IPC channel between a page and us, in both directions: it carries frames, which are objects, and two words. */
export const CHANNEL = 'socketeer'
/** Page → main: its listener is in place. Whatever line it had before is over. */
export const OPEN = 'open'
/** Either way: this line is over. */
export const CLOSE = 'close'
