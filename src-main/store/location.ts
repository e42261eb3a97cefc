import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
}

/**
 * The folder that profiles are kept in: `SOCKETEER_PROFILE_DIR` if set, else `socketeer` where the system wants settings
 * (`%APPDATA%`, `~/Library/Application Support`, `$XDG_CONFIG_HOME` or `~/.config`).
 */
export function profileDirectory(
  { env, platform, home }: Surroundings = { env: process.env, platform: process.platform, home: homedir() },
): string {
  const chosen = env['SOCKETEER_PROFILE_DIR']
  if (chosen) return chosen
  switch (platform) {
    case 'win32':
      return join(env['APPDATA'] || join(home, 'AppData', 'Roaming'), 'Socketeer')
    case 'darwin':
      return join(home, 'Library', 'Application Support', 'Socketeer')
    default: {
      // The XDG specification: a relative path is to be ignored.
      const base = env['XDG_CONFIG_HOME']
      return join(base && isAbsolute(base) ? base : join(home, '.config'), 'socketeer')
    }
  }
}
