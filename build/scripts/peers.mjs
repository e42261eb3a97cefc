/** What the tests need beside the project: a Python with pyzmq, a Chromium, a font with Chinese. */
import { existsSync } from 'node:fs'
import { findChromium, findPython, hasChineseFont, onPath } from './find.mjs'
import { run } from './processes.mjs'
import { say } from './say.mjs'

const needs = [
  { package: 'chromium', what: 'Chromium', missing: () => findChromium() === undefined },
  { package: 'python3-zmq', what: 'a Python with pyzmq', missing: () => findPython() === undefined },
  { package: 'fonts-noto-cjk', what: 'a font with Chinese', missing: () => !hasChineseFont() },
]

/** Installs what is missing, where we may: on Debian, as root. Elsewhere the tests that need it are skipped and say so. */
export async function installPeers() {
  const missing = needs.filter((need) => need.missing())
  if (missing.length === 0) return
  const names = missing.map((need) => need.package)
  if (process.getuid?.() !== 0 || !existsSync('/etc/debian_version') || onPath('apt-get') === undefined) {
    say(`Not here: ${missing.map((need) => need.what).join(', ')}. On Debian: apt-get install ${names.join(' ')}`)
    return
  }
  say(`Installing ${names.join(', ')} …`)
  const env = { DEBIAN_FRONTEND: 'noninteractive' }
  const options = /** @type {const} */ ({ output: 'keep', deadline: 180_000, env })
  const install = ['install', '-y', '--no-install-recommends', ...names]
  // The list of packages may be old or, in a fresh container, not there at all; without a network there may still be a cache.
  await run('apt-get', ['update'], options)
  const { code, output } = await run('apt-get', install, options)
  if (code !== 0) say(`apt-get failed:\n${output.trimEnd().split('\n').slice(-5).join('\n')}`)
}
