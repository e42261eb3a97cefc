import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Desktop } from '../electron/launch.js'

const renderer = join(import.meta.dirname, '../../out/renderer')

describe('app://socketeer/ (E4: traversal, E5: content security policy)', () => {
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

  it.each([
    'app://socketeer/../package.json',
    'app://socketeer/..%2fpackage.json',
    'app://socketeer/%2e%2e/%2e%2e/package.json',
    'app://socketeer/%252e%252e/package.json',
    'app://socketeer/..\\..\\package.json',
    'app://socketeer/..%5c..%5cpackage.json',
    'app://socketeer//etc/passwd',
    'app://socketeer/etc/passwd',
    'app://socketeer/%2fetc%2fpasswd',
    'app://socketeer/index.html%00.js',
    'app://socketeer/index.html/',
    'app://socketeer/./assets/../../main/main.js',
    'app://socketeer/C:/Windows/win.ini',
    'app://socketeer/__proto__',
    'app://socketeer/constructor',
    'app://socketeer/toString',
    'app://socketeer/%',
    'app://socketeer/%ff',
    `app://socketeer/${'a'.repeat(100_000)}`,
  ])('has nothing at %.60s', async (url) => {
    const { status, body } = await desktop.do('fetch', url)
    expect(status).toBe(404)
    expect(body).not.toContain('socketeer')
  })

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
