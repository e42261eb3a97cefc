import { afterEach } from 'vitest'
import { Desktop, type StartOptions } from './launch.js'

export interface Desktops {
  /** Starts an app and waits for it, see `Desktop.open`. */
  open(this: void, options?: StartOptions): Promise<Desktop>
  /** Takes care of one that was started in another way. */
  keep(this: void, desktop: Desktop): void
}

/** Desktop apps of a test file, to be called once in it: each is ended, and its folder removed, after its test. */
export function useDesktop(): Desktops {
  const started: Desktop[] = []
  afterEach(async () => {
    for (const desktop of started.splice(0)) await desktop.remove()
  })
  return {
    async open(options) {
      const desktop = await Desktop.open(options)
      started.push(desktop)
      return desktop
    },
    keep: (desktop) => void started.push(desktop),
  }
}
