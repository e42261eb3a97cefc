import { ipcMain, type IpcMainEvent, type WebContents } from 'electron'
import type { Port, WireFrame } from '../contract/index.js'
import { CHANNEL, CLOSE, OPEN } from './channel.js'

export interface ElectronPortOptions {
  /** Whether a frame with this URL may talk to us. */
  trusted: (url: string) => boolean
  /** Called with the port of each new document, before its first frame is delivered. */
  connected: (port: Port, contents: WebContents) => void
  /** Called with the reason for each message that was thrown away. Its sender is told nothing. */
  refused: (reason: string) => void
}

/**
 * Listens for pages and gives each document a port of its own. The page opens it, once its listener is in place; being asked
 * is what cannot lose a frame: Electron drops what is sent to a document that is not there yet, and no event on our side
 * says that the page's script listens.
 *
 * A port ends when its document does: at `did-navigate`, which is when the next one took over. Not at
 * `did-start-navigation`: that comes for a denied navigation as well, and the page that stays would be left without a line.
 */
export function listenToPages({ trusted, connected, refused }: ElectronPortOptions): void {
  const ports = new WeakMap<WebContents, DocumentPort>()

  ipcMain.on(CHANNEL, (event, message: unknown) => {
    const reason = whyRefused(event, trusted)
    if (reason !== undefined) return refused(reason)
    const port = ports.get(event.sender)
    if (message === OPEN) {
      port?.end()
      const next = new DocumentPort(event.sender)
      ports.set(event.sender, next)
      connected(next, event.sender)
    } else if (message === CLOSE) port?.end()
    else if (port?.closed === false) port.receive(message)
    else refused('it came over a line that is not open')
  })
}

/** Only the main frame, and only while it shows our page: a frame that is gone or elsewhere by now has no say. */
function whyRefused(event: IpcMainEvent, trusted: (url: string) => boolean): string | undefined {
  const { sender, senderFrame } = event
  if (sender.isDestroyed() || senderFrame === null) return 'its frame is gone'
  if (senderFrame !== sender.mainFrame) return `it came from a subframe (${JSON.stringify(senderFrame.url)})`
  if (!trusted(senderFrame.url)) return `it came from another page (${JSON.stringify(senderFrame.url)})`
  return undefined
}

/** The line to one document. Electron clones frames structurally, so bytes stay bytes. */
class DocumentPort implements Port {
  closed = false
  readonly #contents: WebContents
  readonly #early: unknown[] = []
  readonly #closing: (() => void)[] = []
  #listener: ((frame: unknown) => void) | undefined
  /** Closes without a word to the page: it is gone, or has said so itself. */
  readonly end = (): void => {
    this.closed = true
    this.#contents.off('did-navigate', this.end)
    this.#contents.off('render-process-gone', this.end)
    this.#contents.off('destroyed', this.end)
    for (const listener of this.#closing.splice(0)) listener()
  }

  constructor(contents: WebContents) {
    this.#contents = contents
    contents.on('did-navigate', this.end)
    contents.on('render-process-gone', this.end)
    contents.on('destroyed', this.end)
  }

  send(frame: WireFrame): void {
    if (!this.closed && !this.#contents.isDestroyed()) this.#contents.send(CHANNEL, frame)
  }

  receive(frame: unknown): void {
    if (this.#listener) this.#listener(frame)
    else this.#early.push(frame)
  }

  onMessage(listener: (frame: unknown) => void): void {
    this.#listener = listener
    for (const frame of this.#early.splice(0)) listener(frame)
  }

  onClose(listener: () => void): void {
    if (this.closed) listener()
    else this.#closing.push(listener)
  }

  close(): void {
    if (this.closed) return
    if (!this.#contents.isDestroyed()) this.#contents.send(CHANNEL, CLOSE)
    this.end()
  }
}
