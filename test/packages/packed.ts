import { existsSync, readdirSync, statSync } from 'node:fs'
import { join, posix } from 'node:path'
import { extractFile, getRawHeader, listPackage } from '@electron/asar'
import { builder } from '../../build/scripts/package.mjs'

export type System = 'linux' | 'win32' | 'darwin'
export type Arch = 'x64' | 'arm64'

/** A package as it lies unpacked, before an installer is made of it. */
export class Packed {
  readonly system: System
  readonly arch: Arch
  readonly #folder: string

  constructor(out: string, system: System, arch: Arch) {
    this.system = system
    this.arch = arch
    const name = { linux: 'linux', win32: 'win', darwin: 'mac' }[system]
    const suffix = arch === 'x64' ? '' : `-${arch}`
    this.#folder = join(out, system === 'darwin' ? `${name}${suffix}` : `${name}${suffix}-unpacked`)
  }

  get there(): boolean {
    return existsSync(this.asar)
  }

  get resources(): string {
    return join(this.#folder, this.system === 'darwin' ? 'Socketeer.app/Contents/Resources' : 'resources')
  }

  get asar(): string {
    return join(this.resources, 'app.asar')
  }

  /** What the fuses are read from: the program, or on macOS the app. */
  get program(): string {
    return join(this.#folder, { linux: 'socketeer', win32: 'Socketeer.exe', darwin: 'Socketeer.app' }[this.system])
  }

  /** Languages of Chromium's own texts. */
  get languages(): string[] {
    const folder = this.system === 'darwin' ? this.resources : join(this.#folder, 'locales')
    return readdirSync(folder).filter((name) => /\.(pak|lproj)$/.test(name))
  }

  /** All files of the archive, those that lie beside it included, with forward slashes and without one in front. */
  files(): string[] {
    const names = listPackage(this.asar, { isPack: false }).map((name) => name.replaceAll('\\', '/').slice(1))
    const folders = new Set(names.map((name) => posix.dirname(name)))
    return names.filter((name) => !folders.has(name)).sort()
  }

  /** Those of them that lie beside it. */
  unpacked(): string[] {
    return filesIn(`${this.asar}.unpacked`)
  }

  read(file: string): Buffer {
    return extractFile(this.asar, file.split('/').join(process.platform === 'win32' ? '\\' : '/'))
  }

  header(): string {
    return getRawHeader(this.asar).headerString
  }

  /** Bytes that are ours: the archive, what lies beside it, and the texts. */
  get size(): number {
    return filesIn(this.resources)
      .filter((file) => /^(app\.asar|LICENSE|THIRD)/.test(file))
      .reduce((sum, file) => sum + statSync(join(this.resources, file)).size, 0)
  }
}

/** Every file below a folder. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}

/** electron-builder, as `npm run package` runs it, but for the installers. Throws with what it said. */
export async function pack(dist: string, out: string, system: System): Promise<void> {
  const { code, output } = await builder(
    system,
    { linux: '--linux', win32: '--win', darwin: '--mac' }[system],
    'dir',
    '--x64',
    '--arm64',
    `-c.electronDist=${dist}`,
    `-c.directories.output=${out}`,
    '-c.mac.identity=null', // Nothing to sign with, and nothing that would run.
    '-c.win.signAndEditExecutable=false',
  )
  if (code !== 0) throw new Error(`electron-builder ended with ${code}:\n${output}`)
}
