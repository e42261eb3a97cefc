/** Whether Electron can run here, and if not, why: in one sentence for a person. */
import { existsSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { run, runNode } from './processes.mjs'
import { root } from './root.mjs'
import { say } from './say.mjs'

/** Milliseconds: for about 110 MB on a slow line; and for what can only come from a cache because the network is not there. */
const DOWNLOAD = 300_000
const UNPACK = 30_000

/** @typedef {{ path: string } | { reason: string }} Found the binary, or why there is none */

/** Why a desktop window cannot open here, whatever is installed. @returns {string | undefined} */
export function noDesktop() {
  if (process.platform !== 'linux') return undefined
  if (!process.env['DISPLAY'] && !process.env['WAYLAND_DISPLAY']) return 'there is no display'
  if (process.getuid?.() === 0) return 'Electron does not run as root without giving up its sandbox'
  return undefined
}

/** Electron's binary, downloaded if need be. @returns {Promise<Found>} */
export async function findElectron() {
  const folder = join(root, 'node_modules/electron')
  if (!existsSync(folder)) return { reason: 'Electron is not installed' }
  const version = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version
  const there = installed(folder)
  if (there !== undefined) return works(there)
  say(`Downloading Electron ${version} (about 110 MB, once; Ctrl-C stops) …`)
  const deadline = (await reachable()) ? DOWNLOAD : UNPACK
  const { code, late } = await runNode([join(folder, 'install.js')], { cwd: root, output: 'keep', deadline })
  const now = installed(folder)
  if (code === 0 && now !== undefined) return works(now)
  return { reason: `Electron ${version} could not be downloaded${late ? ` in ${deadline / 1000} s` : ''}` }
}

/** @param {string} folder @returns {string | undefined} */
function installed(folder) {
  const path = join(folder, 'path.txt')
  if (!existsSync(path)) return undefined
  const dist = process.env['ELECTRON_OVERRIDE_DIST_PATH'] ?? join(folder, 'dist')
  const binary = join(dist, readFileSync(path, 'utf8').trim())
  return existsSync(binary) ? binary : undefined
}

/** A binary that lacks its shared libraries is there and does not run. @param {string} path @returns {Promise<Found>} */
async function works(path) {
  const { code, output } = await run(path, ['--version'], { output: 'keep', deadline: 20_000 })
  if (code === 0) return { path }
  const library = /error while loading shared libraries: ([^:\s]+)/.exec(output)?.[1]
  return {
    reason: library ? `Electron needs ${library}, which is missing` : `Electron does not start (exit code ${code})`,
  }
}

/** Whether the place that Electron comes from answers at all; behind a proxy we cannot know. @returns {Promise<boolean>} */
function reachable() {
  const { env } = process
  const proxied = Object.keys(env).some((name) =>
    /^((npm_config_)?https?_proxy|all_proxy|electron_get_use_proxy)$/i.test(name),
  )
  if (proxied) return Promise.resolve(true)
  const mirror = env['ELECTRON_MIRROR'] ?? env['npm_config_electron_mirror'] ?? 'https://github.com/'
  const url = URL.canParse(mirror) ? new URL(mirror) : new URL('https://github.com/')
  return new Promise((resolve) => {
    const socket = connect({
      host: url.hostname,
      port: Number(url.port) || (url.protocol === 'http:' ? 80 : 443),
      timeout: 5000,
    })
    /** @param {boolean} yes */
    const done = (yes) => {
      socket.destroy()
      resolve(yes)
    }
    socket.on('connect', () => done(true))
    socket.on('timeout', () => done(false))
    socket.on('error', () => done(false))
  })
}
