import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from '../../electron/launch.js'
import { nowhere } from '../../web/nowhere.js'

const renderer = join(import.meta.dirname, '../../../out/renderer')

/** What browser mode's own parser would not let through as a request, and a URL may be. */
const moreNowhere = [
  '/%2e%2e/%2e%2e/package.json',
  '/..\\..\\package.json',
  '/%2fetc%2fpasswd',
  '/./assets/../../main/main.js',
  '/%',
  '/%ff',
  `/${'a'.repeat(100_000)}`,
]

/** A URL has no `..` left in it: some of these name the page itself, and may. */
const elsewhere = (url: string): boolean => !['/', '/index.html'].includes(new URL(url).pathname)

describe('E4: app://socketeer/', () => {
  let desktop: Desktop
  beforeAll(async () => {
    desktop = await Desktop.open()
  })
  afterAll(() => desktop.remove())

  it('is a standard, secure scheme that bypasses nothing', async () => {
    const { schemes, handled } = await desktop.do('app')
    expect(handled).toEqual(['app'])
    expect(schemes).toEqual([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }])
  })

  it('serves the built page and every file that it names', async () => {
    const page = await desktop.do('fetch', 'app://socketeer/')
    expect(page.status).toBe(200)
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(page.body).toBe(await readFile(join(renderer, 'index.html'), 'utf8'))
    const files = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path as string)
    expect(files.length).toBeGreaterThan(0)
    for (const file of files) {
      const { status, headers } = await desktop.do('fetch', new URL(file, 'app://socketeer/').href)
      expect(status, file).toBe(200)
      expect(headers['content-type'], file).toMatch(/^(text\/(javascript|css)|image\/|font\/)/)
    }
  })

  it('sends a strict content security policy with every answer, refusals included', async () => {
    for (const path of ['', 'not-there']) {
      const { headers } = await desktop.do('fetch', `app://socketeer/${path}`)
      const policy = new Map(
        (headers['content-security-policy'] ?? '').split(';').map((directive): [string, string] => {
          const [name = '', ...sources] = directive.trim().split(/\s+/)
          return [name, sources.join(' ')]
        }),
      )
      expect(Object.fromEntries(policy)).toMatchObject({
        'default-src': "'none'",
        'script-src': "'self'",
        'style-src': "'self'",
        'connect-src': "'self'",
        'base-uri': "'none'",
        'form-action': "'none'",
        'frame-ancestors': "'none'",
        'object-src': "'none'",
        'require-trusted-types-for': "'script'",
      })
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/)
      expect(headers['x-content-type-options']).toBe('nosniff')
      expect(headers['referrer-policy']).toBe('no-referrer')
    }
  })

  it.each([...nowhere, ...moreNowhere].map((path) => `app://socketeer${path}`).filter(elsewhere))(
    'has nothing at %.60s',
    async (url) => {
      const { status, body } = await desktop.do('fetch', url)
      expect(status).toBe(404)
      expect(body).not.toContain('socketeer')
    },
  )

  it.each([
    'app://socketeer.evil/',
    'app://evil/',
    'app://evil/index.html',
    'app://socketeer:8155/',
    'app://user@socketeer/',
    'app:///index.html',
  ])('answers for no other host: %s', async (url) => {
    // `fetch` itself refuses a URL with a name and password in it.
    const answer = await desktop.do('fetch', url).catch(() => ({ status: 404 }))
    expect(answer.status).toBe(404)
  })

  it('knows GET and HEAD, and refuses every other method', async () => {
    expect(await desktop.do('fetch', 'app://socketeer/', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])
      expect(await desktop.do('fetch', 'app://socketeer/', { method }), method).toMatchObject({ status: 405 })
  })
})
