import { app, type Session, type WebContents } from 'electron'
import type { Origin } from './origin.js'

/** All that the page may ask of the system: to put text on the clipboard. */
const PERMITTED = 'clipboard-sanitized-write'

/** What the page never loads, whatever its content security policy says: everything that it shows comes from us. */
const FOREIGN: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:', 'ftp:', 'file:'])

/**
 * No web contents of this app goes anywhere, opens anything or embeds anything; our page may load itself again, and ask for another window of
 * itself, which we then open. Registered before the first one is made. What we load ourselves raises none of these events.
 * @param wanted told of the address of such a window
 */
export function denyNavigation(
  origin: Origin,
  report: (sentence: string) => void,
  wanted: (url: string) => void = () => undefined,
): void {
  app.on('web-contents-created', (_event, contents) => {
    const unlessReload = (details: NavigationDetails): void => {
      const { url, isMainFrame } = details
      if (!(isMainFrame && url === contents.getURL() && origin.owns(url))) deny(details, `navigation to ${url}`)
    }
    contents.on('will-navigate', unlessReload)
    contents.on('will-frame-navigate', unlessReload)
    contents.on('will-redirect', (details) => deny(details, `redirection to ${details.url}`))
    contents.on('will-attach-webview', (event) => deny(event, 'a webview'))
    contents.setWindowOpenHandler(({ url }) => {
      if (origin.owns(url) && new URL(url).pathname === new URL(origin.page).pathname) wanted(url)
      else report(`Denied a new window for ${url}.`)
      // Never Electron's own: ours has the web preferences that it must have.
      return { action: 'deny' }
    })
  })

  function deny(event: { preventDefault: () => void }, what: string): void {
    event.preventDefault()
    report(`Denied ${what}.`)
  }
}

interface NavigationDetails {
  preventDefault: () => void
  url: string
  isMainFrame: boolean
}

/**
 * Permissions, devices, downloads, requests to anywhere else, and the spelling checker (it would fetch dictionaries), for every page of a
 * session. Both permission handlers are needed: most things are checked first, and asked for only when the check fails.
 */
export function denyPermissions(session: Session, origin: Origin): void {
  const permitted = (permission: string, contents: WebContents | null, url: string): boolean =>
    permission === PERMITTED && contents !== null && origin.owns(contents.getURL()) && origin.owns(url)

  session.setPermissionRequestHandler((contents, permission, answer, { requestingUrl }) =>
    answer(permitted(permission, contents, requestingUrl)),
  )
  session.setPermissionCheckHandler((contents, permission, from) => permitted(permission, contents, from))
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    // While developing, the page's own server is neither foreign nor is its WebSocket.
    answer({ cancel: FOREIGN.has(protocolOf(url)) && !origin.owns(url.replace(/^ws/, 'http')) })
  })
  session.setSpellCheckerEnabled(false)
  // What the page made itself may be kept (an exported conversation): Electron asks where. Nothing is fetched to a disk from anywhere else.
  session.on('will-download', (event, item, contents) => {
    const [url] = item.getURLChain()
    if (item.getURL().startsWith('blob:') && url?.startsWith('blob:') && origin.owns(contents.getURL())) return
    event.preventDefault()
  })
}

function protocolOf(url: string): string {
  return URL.canParse(url) ? new URL(url).protocol : 'file:'
}
