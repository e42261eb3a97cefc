import { app, type Session, type WebContents } from 'electron'

/** All that the page may ask of the system: to put text on the clipboard. */
const PERMITTED = 'clipboard-sanitized-write'

/** What the page never loads, whatever its content security policy says: everything that it shows comes from us. */
const FOREIGN: ReadonlySet<string> = new Set(['http:', 'https:', 'ws:', 'wss:', 'ftp:', 'file:'])

/**
 * No web contents of this app goes anywhere, opens anything or embeds anything. Registered before the first one is made.
 * Loading our own page and reloading it from the menu are our doing, not the page's, and raise none of these events.
 */
export function denyNavigation(report: (sentence: string) => void): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (details) => deny(details, `navigation to ${details.url}`))
    contents.on('will-frame-navigate', (details) => deny(details, `navigation of a frame to ${details.url}`))
    contents.on('will-redirect', (details) => deny(details, `redirection to ${details.url}`))
    contents.on('will-attach-webview', (event) => deny(event, 'a webview'))
    contents.setWindowOpenHandler(({ url }) => {
      report(`Denied a new window for ${url}.`)
      return { action: 'deny' }
    })
  })

  function deny(event: { preventDefault: () => void }, what: string): void {
    event.preventDefault()
    report(`Denied ${what}.`)
  }
}

/**
 * Permissions, devices, requests to anywhere else, and the spelling checker (it would fetch dictionaries), for every page of a
 * session. Both permission handlers are needed: most things are checked first, and asked for only when the check fails.
 */
export function denyPermissions(session: Session, trusted: (url: string) => boolean): void {
  const permitted = (permission: string, contents: WebContents | null, url: string): boolean =>
    permission === PERMITTED && contents !== null && trusted(contents.getURL()) && trusted(url)

  session.setPermissionRequestHandler((contents, permission, answer, { requestingUrl }) =>
    answer(permitted(permission, contents, requestingUrl)),
  )
  session.setPermissionCheckHandler((contents, permission, origin) => permitted(permission, contents, origin))
  session.setDevicePermissionHandler(() => false)
  session.webRequest.onBeforeRequest(({ url }, answer) => {
    answer({ cancel: !URL.canParse(url) || FOREIGN.has(new URL(url).protocol) })
  })
  session.setSpellCheckerEnabled(false)
}
