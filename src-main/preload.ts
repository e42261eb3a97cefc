import { contextBridge, ipcRenderer } from 'electron'
import { CHANNEL, OPEN } from './bridge/channel.js'

/**
 * One line to the main process: no names, no logic. The page gets each frame and never Electron's event, through which it
 * could reach everything else. Listening opens the line, so that nothing is sent before somebody hears it.
 */
contextBridge.exposeInMainWorld('socketeer', {
  send: (frame: unknown): void => ipcRenderer.send(CHANNEL, frame),
  onMessage: (listener: (frame: unknown) => void): void => {
    ipcRenderer.removeAllListeners(CHANNEL)
    ipcRenderer.on(CHANNEL, (_event, frame: unknown) => listener(frame))
    ipcRenderer.send(CHANNEL, OPEN)
  },
})
