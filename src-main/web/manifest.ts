import { readdir, readFile } from 'node:fs/promises'
import { extname, join, relative, sep } from 'node:path'
import { Fault } from '../contract/index.js'

export interface StaticFile {
  readonly body: Uint8Array
  /** Content-Type. */
  readonly type: string
}

/** The page's files by URL path (`/`, `/index.html`, `/assets/…`), exactly as it stands in a request, before any decoding. */
export type Manifest = ReadonlyMap<string, StaticFile>

const types: ReadonlyMap<string, string> = new Map([
  ['.html', 'text/html; charset=utf-8'],
  ['.js', 'text/javascript; charset=utf-8'],
  ['.css', 'text/css; charset=utf-8'],
  ['.json', 'application/json'],
  ['.svg', 'image/svg+xml'],
  ['.png', 'image/png'],
  ['.ico', 'image/x-icon'],
  ['.woff', 'font/woff'],
  ['.woff2', 'font/woff2'],
  ['.txt', 'text/plain; charset=utf-8'],
])

/**
 * Reads the built page into memory, once. After this no path of a request reaches the file system: what is not a key is not
 * there. Links are not followed. Throws Fault `NOT_BUILT` when there is no page.
 */
export async function readManifest(directory: string): Promise<Manifest> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true }).catch(() => [])
  const read = async ({ parentPath, name }: (typeof entries)[number]): Promise<[string, StaticFile]> => {
    const file = join(parentPath, name)
    const path = `/${relative(directory, file).split(sep).join('/')}`
    return [path, { body: await readFile(file), type: types.get(extname(path)) ?? 'application/octet-stream' }]
  }
  const manifest = new Map(await Promise.all(entries.filter((entry) => entry.isFile()).map(read)))
  const index = manifest.get('/index.html')
  if (index === undefined)
    throw new Fault('NOT_BUILT', `There is no page in ${directory}; "npm run build" makes it.`, { directory })
  return manifest.set('/', index)
}
