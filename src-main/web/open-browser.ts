import { spawn } from 'node:child_process'

/** Milliseconds that an opener has to fail. One that still runs then is the browser itself. */
const PATIENCE = 5000

/**
 * Asks the system to open an address, and forgets about it. The address is on another program's command line for a moment,
 * where other users of the machine may see it: give it a token of its own that dies soon.
 * @param failed called with the reason, at most once.
 */
export function openBrowser(url: string, failed: (why: string) => void): void {
  const [command, ...args] = opener(process.platform, url)
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  const timer = setTimeout(() => child.removeAllListeners('exit'), PATIENCE)
  child.on('error', (error) => {
    clearTimeout(timer)
    failed(error.message)
  })
  child.on('exit', (code) => {
    clearTimeout(timer)
    if (code !== 0) failed(`${command} ended with ${code ?? 'a signal'}`)
  })
  timer.unref()
  child.unref()
}

export function opener(platform: NodeJS.Platform, url: string): [string, ...string[]] {
  switch (platform) {
    case 'darwin':
      return ['open', url]
    case 'win32':
      // Not `start`: it is cmd's own, and cmd reads & and % in an address as its own too.
      return ['rundll32', 'url.dll,FileProtocolHandler', url]
    default:
      return ['xdg-open', url]
  }
}
