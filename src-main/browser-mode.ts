import { createApp } from './app.js'
import { report } from './bridge/faults.js'
import { serve } from './bridge/serve.js'
import { Fault } from './contract/index.js'
import { checkProfile, DEFAULT_PROFILE } from './store/profile-name.js'
import { isLoopback } from './web/access.js'
import { parseWebArguments, usage } from './web/arguments.js'
import { readManifest } from './web/manifest.js'
import { openBrowser } from './web/open-browser.js'
import { startWebServer } from './web/server.js'

/** Milliseconds from the wish to stop until the process is gone, at most. */
const STOP_DEADLINE = 1800
/** Milliseconds that a link lives which was given to the system's browser. */
const OPENED_LINK_LIFE = 60_000

/**
 * Browser mode from start to end: serves until it is told to stop by SIGINT, SIGTERM, SIGHUP, or by the end of whoever started
 * it with an IPC channel. Standard output gets the one line with the address, standard error everything else.
 * @param page folder of the built page.
 * @returns the exit code: 0 stopped, 1 could not serve, 2 wrong usage. Nothing of ours runs any more.
 */
export async function browserMode(args: readonly string[], page: string): Promise<number> {
  // Listening from the first moment: a signal while we start is as good as one later.
  const stopped = stopSignal()
  // Whoever read what we print may go; sockets and views must not go with them.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  try {
    const { host, port, profile, receive, open, help } = parseWebArguments(args)
    if (help) {
      process.stdout.write(usage)
      return 0
    }
    const chosen = profile === undefined ? DEFAULT_PROFILE : checkProfile(profile)
    const manifest = await readManifest(page)
    const app = await createApp({ host: 'browser', profile: chosen, receive })
    const web = await startWebServer({
      host,
      port,
      manifest,
      download: (name) => app.recordings.folder.whole(name),
      connected: (view) => serve(view, app),
      tell: (fault) => app.notices.add('warning', fault),
    }).catch(async (error: unknown) => {
      await app.close()
      throw error
    })
    if (!isLoopback(host))
      report(
        `--host ${host} lets other machines in: whoever has the link can read and send everything here, and the network carries it unencrypted.`,
      )
    process.stdout.write(`Socketeer is ready at ${web.link()}\n`)
    if (open)
      openBrowser(web.link(OPENED_LINK_LIFE), (why) =>
        report(`No browser could be opened (${why}): open the address yourself.`),
      )
    await stopped
    await Promise.race([Promise.all([web.close(), app.close()]), deadline(STOP_DEADLINE)])
    return 0
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    report(error.message)
    return error.code === 'USAGE' ? 2 : 1
  }
}

function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    // They stay for good: npm passes Ctrl-C on a second time, which must not end us half way.
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve())
    if (process.connected) process.on('disconnect', () => resolve())
  })
}

function deadline(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
