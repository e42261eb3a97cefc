/** koffi's addon for an architecture other than this machine's: npm installs only the machine's own. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { npm } from './install.mjs'
import { run } from './processes.mjs'
import { root } from './root.mjs'
import { say, Trouble } from './say.mjs'

/** The architectures that electron-builder is asked for. @param {string[]} args @returns {string[]} */
export function targets(args) {
  // On macOS the packages are universal unless something else is asked for, and take both halves.
  const universal =
    args.includes('--universal') || (process.platform === 'darwin' && !args.some((arg) => /^--(x64|arm64)$/.test(arg)))
  if (universal) return ['x64', 'arm64']
  const asked = ['x64', 'arm64'].filter((arch) => args.includes(`--${arch}`))
  return asked.length > 0 ? asked : [process.arch]
}

/** Puts what is missing beside the machine's own, checked against package-lock.json. @param {string[]} arches */
export async function fetchKoffi(arches) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  for (const arch of arches) {
    const name = `@koromix/koffi-${process.platform}-${arch}`
    const folder = join(root, 'node_modules', name)
    if (existsSync(join(folder, 'package.json'))) continue
    const locked = packages[`node_modules/${name}`]
    if (locked === undefined) throw new Trouble(`package-lock.json has no ${name}.`)
    say(`Fetching ${name} ${locked.version} …`)
    mkdirSync(join(root, 'out'), { recursive: true })
    const packed = mkdtempSync(join(root, 'out/koffi-'))
    try {
      const { code } = await npm(['pack', `${name}@${locked.version}`, '--pack-destination', packed])
      const [file] = readdirSync(packed)
      if (code !== 0 || file === undefined) throw new Trouble(`${name} could not be fetched; what npm said is above.`)
      const archive = join(packed, file)
      const sum = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
      if (sum !== locked.integrity)
        throw new Trouble(`${name} is not what package-lock.json says: its checksum differs.`)
      mkdirSync(folder, { recursive: true })
      const unpacked = await run('tar', ['-xzf', archive, '--strip-components=1', '-C', folder])
      if (unpacked.code !== 0) {
        rmSync(folder, { recursive: true, force: true })
        throw new Trouble(`${name} could not be unpacked; what tar said is above.`)
      }
    } finally {
      rmSync(packed, { recursive: true, force: true })
    }
  }
}
