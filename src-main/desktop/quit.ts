import { app } from 'electron'

/** From the wish to quit until the process is gone, at most. libzmq's queues get what is left of it. */
const DEADLINE_MS = 1700

/** What the question before a window closes means for quitting. */
export interface Quitting {
  /** A person was asked, and answered: time spent on that is no hang, and who stays does not quit. */
  asked(stays: boolean): void
  /** Quits, and has this done when everything is closed: what starts the app anew, and then quits by itself. Forgotten when a person would rather stay. */
  andThen(start: () => void): void
}

/**
 * Closes everything before the process ends. The windows go first, so that a page's last words are still heard and quitting
 * looks instant; then the sockets; then we exit, whatever is not done by the deadline. SIGINT and SIGTERM come this way too:
 * Electron turns both into a quit.
 * @param keepOpen whether the sockets stay when the last window closes; starting the app again brings a window back
 */
export function closeOnQuit(
  close: () => Promise<void>,
  report: (sentence: string) => void,
  keepOpen: () => boolean = () => false,
): Quitting {
  let deadline: NodeJS.Timeout | undefined
  let closing: Promise<void> | undefined
  let next: (() => void) | undefined
  const begin = (): void => {
    deadline ??= setTimeout(() => {
      report('Quit before everything was closed: it took too long.')
      app.exit(0)
    }, DEADLINE_MS)
  }
  app.on('before-quit', begin)
  app.on('will-quit', (event) => {
    event.preventDefault()
    closing ??= close().catch((error: unknown) => report(`Could not close everything: ${String(error)}`))
    void closing.then(() => {
      const start = next
      next = undefined
      if (start === undefined) return app.exit(0)
      // Or the one that it starts would find this one, and end.
      app.releaseSingleInstanceLock()
      start()
    })
  })
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin' && !keepOpen()) app.quit()
  })
  return {
    asked: (stays) => {
      if (stays) next = undefined
      if (deadline === undefined) return
      clearTimeout(deadline)
      deadline = undefined
      if (!stays) begin()
    },
    andThen: (start) => {
      next = start
      app.quit()
    },
  }
}
