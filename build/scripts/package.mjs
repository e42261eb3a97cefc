/** `npm run package`: installers for this system, into release/. */
import { join } from 'node:path'
import { prepare } from './build.mjs'
import { findElectron } from './electron.mjs'
import { runNode } from './processes.mjs'
import { root } from './root.mjs'
import { say, Trouble } from './say.mjs'

/** @param {string[]} args passed on to electron-builder */
export async function makePackage(args) {
  await prepare()
  const electron = await findElectron()
  // electron-builder would download the same file again, and fail with a page of stack where it cannot.
  if ('reason' in electron) throw new Trouble(`There is nothing to package with: ${electron.reason}.`)
  const { code, late } = await runNode(
    [
      join(root, 'node_modules/electron-builder/cli.js'),
      '--publish=never',
      '-c.electronDist=node_modules/electron/dist',
      ...args,
    ],
    { cwd: root, deadline: 1_200_000 },
  )
  if (late) throw new Trouble('electron-builder took more than 20 minutes and was stopped.')
  if (code !== 0) throw new Trouble(`electron-builder failed (exit code ${code}); what it said is above.`)
  say('The installers are in release/.')
}
