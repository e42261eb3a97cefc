/** Makes the tree ready to run: installed and built, by one process at a time. */
import { join } from 'node:path'
import { install, installNeeded } from './install.mjs'
import { withLock } from './lock.mjs'
import { runNode } from './processes.mjs'
import { root } from './root.mjs'
import { say, Trouble } from './say.mjs'
import { buildNeeded, inputsHash, removeStamp, writeStamp } from './stamp.mjs'

/**
 * Installs what is missing and builds what is stale. Throws `Trouble` when that fails.
 * @param {object} [options]
 * @param {boolean} [options.force] build even if nothing has changed
 * @param {boolean} [options.build] false: only install
 */
export async function prepare({ force = false, build: wanted = true } = {}) {
  // Both give a reason while another process is at work here, so what is ready needs no lock.
  if (!force && installNeeded() === undefined && (!wanted || buildNeeded(root) === undefined)) return
  await withLock(
    join(root, 'out/.lock'),
    async () => {
      await install()
      const reason = force ? 'as told' : wanted ? buildNeeded(root) : undefined
      if (reason !== undefined) await build(reason)
    },
    { onWait: (owner) => say(`Waiting for process ${owner}, which is installing or building here …`) },
  )
}

/** @param {string} reason */
async function build(reason) {
  say(`Building (${reason}) …`)
  const began = performance.now()
  // Taken first: what is edited while we build counts as new.
  const inputs = inputsHash(root)
  removeStamp(root)
  const { code, late, output } = await runNode(['build/scripts/bundle.mjs'], {
    cwd: root,
    output: 'keep',
    deadline: 300_000,
  })
  if (code !== 0) {
    say(output.trimEnd())
    throw new Trouble(late ? 'The build took more than 5 minutes and was stopped.' : 'The build failed; why is above.')
  }
  writeStamp(root, inputs)
  say(`Built in ${((performance.now() - began) / 1000).toFixed(1)} s.`)
}
