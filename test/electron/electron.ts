/**
 * A stand-in for the module `electron` of the main process, for machines where its binary cannot be had. It does what the
 * documentation says (docs/api of electron/electron, version 45) for exactly the calls that our bundle makes, enforces the
 * order that the documentation asks for, and throws on any other call. Its types are held against electron.d.ts.
 */
export { app } from './app.js'
export { session, protocol } from './session.js'
export { BrowserWindow, ipcMain } from './windows.js'
export { screen } from './displays.js'
export { dialog, Menu, nativeTheme, Notification, safeStorage } from './shell.js'
