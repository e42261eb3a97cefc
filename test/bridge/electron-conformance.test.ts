import { vi } from 'vitest'
import { listenToPages } from '../../src-main/bridge/electron-port.js'
import type { Port } from '../../src-main/contract/index.js'
import { electronPort, type PreloadPort } from '../../src-renderer/bridge/electron-port.js'
import { app } from '../electron/app.js'
import { preload } from '../electron/launch.js'
import { BrowserWindow, type WebContents } from '../electron/windows.js'
import { portConformance, type Ports } from './conformance.js'

vi.mock('electron', () => import('../electron/electron.js'))

let connected: (port: Port) => void
listenToPages({ trusted: () => true, connected: (port) => connected(port), refused: () => undefined })
// The windows of this test come and go without ending the process.
app.on('window-all-closed', () => undefined)
app.codeLoaded()

/** The renderer's port over the built preload script, and ours, with the stand-in for Electron between them. */
async function electronPorts(): Promise<Ports> {
  await app.whenReady()
  const windows: Electron.BrowserWindow[] = []
  return {
    pair: () =>
      new Promise((resolve) => {
        const window = new BrowserWindow({ webPreferences: { preload } }) as unknown as Electron.BrowserWindow
        windows.push(window)
        const contents = window.webContents as unknown as WebContents
        contents.commit('app://socketeer/')
        // Called later, when the page's word has arrived.
        connected = (engine) => resolve([engine, view])
        const view = electronPort(contents.page?.exposed['socketeer'] as unknown as PreloadPort)
      }),
    dispose: () => {
      for (const window of windows) window.destroy()
      return Promise.resolve()
    },
  }
}

portConformance('Electron IPC', electronPorts)
