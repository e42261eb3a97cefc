import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { readManifest } from '../../src-main/web/manifest.js'

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'socketeer-page-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

it('holds every file by its path, the page also at /, and each with its type', async () => {
  await mkdir(join(directory, 'assets', 'fonts'), { recursive: true })
  const files = ['index.html', 'assets/app-x1.js', 'assets/app.css', 'assets/fonts/inter.woff2', 'assets/strange.bin']
  for (const name of files) await writeFile(join(directory, name), name)
  const manifest = await readManifest(directory)
  expect([...manifest.keys()].sort()).toEqual(['/', ...files.map((name) => `/${name}`)].sort())
  expect(manifest.get('/')).toBe(manifest.get('/index.html'))
  expect([...manifest].map(([path, { type }]) => [path, type])).toEqual(
    expect.arrayContaining([
      ['/', 'text/html; charset=utf-8'],
      ['/assets/app-x1.js', 'text/javascript; charset=utf-8'],
      ['/assets/app.css', 'text/css; charset=utf-8'],
      ['/assets/fonts/inter.woff2', 'font/woff2'],
      ['/assets/strange.bin', 'application/octet-stream'],
    ]),
  )
  await rm(join(directory, 'index.html'))
  expect(String(manifest.get('/')?.body)).toBe('index.html')
})

it.skipIf(process.platform === 'win32')('follows no links', async () => {
  await writeFile(join(directory, 'index.html'), '')
  await symlink('/etc/passwd', join(directory, 'passwd'))
  await symlink('/etc', join(directory, 'etc'))
  expect([...(await readManifest(directory)).keys()].sort()).toEqual(['/', '/index.html'])
})

it('says how to make a page that is not there', async () => {
  await expect(readManifest(join(directory, 'none'))).rejects.toMatchObject({ code: 'NOT_BUILT' })
  await expect(readManifest(directory)).rejects.toThrow(/^There is no page in .*; "npm run build" makes it\.$/)
})
