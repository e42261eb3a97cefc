import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { root } from '../../build/scripts/root.mjs'

/** By these bytes Electron finds its fuses in its own binary, and so does whoever sets them. */
const SENTINEL = 'dL7pKGdnNz796PbbjQWNKmHXBZaB9tsX'
/** As Electron 45 is delivered, in the order of its fuses, RunAsNode first; the ninth is WasmTrapHandlers. */
const DELIVERED = '101100011'
const fuses = Buffer.concat([Buffer.from(SENTINEL), Buffer.from([1, DELIVERED.length]), Buffer.from(DELIVERED)])

/** Where a Windows program is that a packager can read; it is never run. */
const PE = 'node_modules/electron-winstaller/vendor/rcedit.exe'

/**
 * What electron-builder takes for Electron as it is unpacked, of all three systems in one folder: the files that it renames, edits and reads, and nothing that runs. With it, all that
 * concerns our own part of a package is made as it is with the true one, fuses included.
 */
export function standIn(folder: string): void {
  const write = (file: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), content, { mode: 0o755 })
  }
  write('electron', Buffer.concat([Buffer.from('#!/bin/sh\nexit 1\n'), fuses]))
  write('electron.exe', Buffer.concat([readFileSync(join(root, PE)), fuses]))
  for (const file of ['LICENSE', 'LICENSES.chromium.html', 'version', 'resources/nothing']) write(file, 'stand-in')
  for (const language of ['de', 'en-US', 'fr', 'zh-CN']) write(`locales/${language}.pak`, language)

  const contents = 'Electron.app/Contents'
  write(`${contents}/Info.plist`, plist({ CFBundleExecutable: 'Electron', CFBundleName: 'Electron' }))
  write(`${contents}/MacOS/Electron`, 'stand-in')
  for (const name of ['Electron Helper', ...['GPU', 'Plugin', 'Renderer'].map((kind) => `Electron Helper (${kind})`)]) {
    write(`${contents}/Frameworks/${name}.app/Contents/Info.plist`, plist({ CFBundleExecutable: name }))
    write(`${contents}/Frameworks/${name}.app/Contents/MacOS/${name}`, 'stand-in')
  }
  const framework = `${contents}/Frameworks/Electron Framework.framework`
  write(`${framework}/Electron Framework`, fuses)
  for (const place of [`${contents}/Resources`, `${framework}/Versions/A/Resources`])
    for (const language of ['de', 'en', 'zh_CN']) write(`${place}/${language}.lproj/locale.pak`, language)
}

function plist(values: Record<string, string>): string {
  const entries = Object.entries(values).map(([key, value]) => `<key>${key}</key><string>${value}</string>`)
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict>${entries.join('')}</dict></plist>`
}
