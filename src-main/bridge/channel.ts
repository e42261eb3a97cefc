/** The one Electron IPC channel between a page and us, in both directions. */
export const CHANNEL = 'socketeer'
