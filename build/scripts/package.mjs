/** `npm run package`: installers for this system, into release/. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { prepare } from './build.mjs'
import { findElectron } from './electron.mjs'
import { fetchKoffi, targets } from './koffi.mjs'
import { licenceFault, shippedWorks } from './licences.mjs'
import { runNode } from './processes.mjs'
import { root } from './root.mjs'
import { say, Trouble } from './say.mjs'

/** @param {string[]} args passed on to electron-builder: --x64, --arm64, --universal, -c.… */
export async function makePackage(args) {
  await prepare()
  const faults = shippedWorks().map(licenceFault).filter(Boolean)
  if (faults.length > 0) throw new Trouble(`This may not ship:\n${faults.join('\n')}`)
  await fetchKoffi(targets(args))
  const { code, late } = await builder(process.platform, '--publish=never', ...(await distribution(args)), ...args)
  if (late) throw new Trouble('electron-builder took more than 20 minutes and was stopped.')
  if (code !== 0) throw new Trouble(`electron-builder failed (exit code ${code}); what it said is above.`)
  say('The installers are in release/.')
}

/**
 * The Electron to package with: the one that is installed, or for another architecture what electron-builder fetches.
 * @param {string[]} args
 * @returns {Promise<string[]>}
 */
async function distribution(args) {
  if (args.some((arg) => arg.startsWith('-c.electronDist='))) return []
  if (targets(args).some((arch) => arch !== process.arch)) return []
  const electron = await findElectron()
  const dist = 'node_modules/electron/dist'
  // It need not start here, only be there. electron-builder would download the same file again, and fail with a page of stack where it cannot.
  if (!existsSync(join(root, dist)))
    throw new Trouble(
      `There is nothing to package with: ${'reason' in electron ? electron.reason : 'Electron is elsewhere'}.`,
    )
  return [`-c.electronDist=${dist}`]
}

/**
 * Runs electron-builder for one system. What it says is kept where it does not matter unless it fails.
 * @param {string} system as Node names it
 * @param {string[]} args
 */
export function builder(system, ...args) {
  return runNode([join(root, 'node_modules/electron-builder/cli.js'), ...args], {
    cwd: root,
    deadline: 1_200_000,
    output: args.includes('dir') ? 'keep' : 'stderr',
    env: { SOCKETEER_TARGET: system },
  })
}
