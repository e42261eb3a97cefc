import { app } from './app.js'
import { request } from './session.js'
import { screen } from './screen.js'
import { PreventableEvent } from './strict.js'
import { windows, type WebContents } from './windows.js'

/** One document in Chromium: it hears what is sent to it, whoever listens there. */
const shown = new Map<number, { id: string; deliver: (channel: string, values: unknown[]) => void }>()

/** What happens on the screen, in the order in which it happens. A window may have been destroyed meanwhile. */
export const onScreenActs = {
  /** Chromium asks for an address: nothing but the protocol's handler answers, and the session's filter is asked first. */
  async serve(url: string, method: string) {
    const response = await request(url, { method })
    if (response === 'blocked') return undefined
    return {
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: new Uint8Array(await response.arrayBuffer()),
    }
  },
  /** "Emitted when any frame (including main) starts navigating." */
  began: (window: number, url: string) =>
    void contents(window)?.emit('did-start-navigation', { url, isMainFrame: true, isSameDocument: false }, url),
  /** A new document is there; its preload script runs next. */
  document(window: number, id: string, url: string) {
    contents(window)?.show(url, (deliver) => {
      shown.set(window, { id, deliver })
      return {
        exposed: {},
        required: [],
        lost: 0,
        arrive: (channel, values) => screen({ do: 'send', window, document: id, channel, values }),
      }
    })
  },
  moved: (window: number, url: string) => contents(window)?.moved(url),
  heard(window: number, id: string, channel: string, values: unknown[]) {
    const document = shown.get(window)
    if (document?.id === id) document.deliver(channel, values)
    else contents(window)?.deliver(channel, values, null)
  },
  finished: (window: number, why?: string) => contents(window)?.finished(why),
  /** Whether a page that would rather stay is closed all the same. */
  mayGo(window: number) {
    const event = new PreventableEvent()
    contents(window)?.emit('will-prevent-unload', event)
    if (!event.defaultPrevented) app.stayed()
    return event.defaultPrevented
  },
  left: (window: number) => windows.get(window)?.destroy(),
  died: (window: number, reason: Electron.RenderProcessGoneDetails['reason']) => contents(window)?.crash(reason),
  wantsWindow(window: number, url: string) {
    const answer = contents(window)?.openHandler?.({ url } as Electron.HandlerDetails)
    if (answer?.action !== 'deny') throw new Error('not in the stand-in: a window that Electron opens by itself')
  },
}

function contents(window: number): WebContents | undefined {
  return windows.get(window)?.webContents
}
