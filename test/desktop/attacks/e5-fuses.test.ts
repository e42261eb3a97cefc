import { chromium } from '@playwright/test'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { findChromium } from '../../../build/scripts/find.mjs'
import { Desktop } from '../../electron/launch.js'

const root = join(import.meta.dirname, '../../..')
const read = (name: string): Promise<string> => readFile(join(root, name), 'utf8')

const executablePath = findChromium()
/** In CI a missing browser is a failure: there the test runs, and fails. */
const runs = executablePath !== undefined || process.env['CI'] === 'true'

describe('E5: what is packaged', () => {
  it('has every fuse blown that would let somebody else run in it', async () => {
    const { electronFuses, asar } = parse(await read('electron-builder.yml')) as {
      electronFuses: Record<string, boolean>
      asar?: unknown
    }
    expect(electronFuses).toEqual({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
      grantFileProtocolExtraPrivileges: false,
      loadBrowserProcessSpecificV8Snapshot: false,
      enableCookieEncryption: false,
    })
    // Left out, it is packed into an archive: without one, neither of two fuses above would mean anything.
    expect(asar).not.toBe(false)
  })

  it('is built with one Electron, of 45.4 or later', async () => {
    const { devDependencies } = JSON.parse(await read('package.json')) as { devDependencies: { electron: string } }
    expect(devDependencies.electron).toMatch(/^\d+\.\d+\.\d+$/)
    const [major = 0, minor = 0] = devDependencies.electron.split('.').map(Number)
    expect(major > 45 || (major === 45 && minor >= 4), devDependencies.electron).toBe(true)
    const { packages } = JSON.parse(await read('package-lock.json')) as {
      packages: Record<string, { version: string }>
    }
    expect(packages['node_modules/electron']?.version).toBe(devDependencies.electron)
  })
})

/** Each is what a page does that was taken over. Whatever comes out, it must be `refused`. */
const attempts: Record<string, string> = {
  'compile code': `(() => { try { return String(new Function('return 1')()) } catch { return 'refused' } })()`,
  'run an inline script': `(() => {
    const script = document.createElement('script')
    try { script.textContent = 'window.ran = true' } catch { return 'refused' }
    document.body.append(script)
    return window.ran ? 'ran' : 'refused'
  })()`,
  'write markup': `(() => { try { document.body.innerHTML = '<b>x</b>'; return 'written' } catch { return 'refused' } })()`,
  'load a script from elsewhere': `element('script', { src: 'https://elsewhere.test/x.js' })`,
  'load a picture from elsewhere': `element('img', { src: 'https://elsewhere.test/x.png' })`,
  'fetch from elsewhere': `fetch('https://elsewhere.test/').then(() => 'fetched', () => 'refused')`,
  'submit a form': `new Promise((resolve) => {
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) =>
      effectiveDirective === 'form-action' && resolve('refused'))
    const form = Object.assign(document.createElement('form'), { action: 'https://elsewhere.test/', method: 'post' })
    document.body.append(form)
    form.submit()
  })`,
}

const helper = `function element(tag, properties) {
  return new Promise((resolve) => {
    try {
      const made = Object.assign(document.createElement(tag), properties)
      made.onload = () => resolve('loaded')
      made.onerror = () => resolve('refused')
      document.body.append(made)
    } catch { resolve('refused') }
  })
}`

/** In a task of the page's own: what the debugger evaluates itself may compile code whatever the policy says. */
const later = (expression: string): string =>
  `(() => { ${helper}; return new Promise((resolve) => setTimeout(() => resolve(${expression}))) })()`

describe('E5: the content security policy that the desktop sends', () => {
  it.runIf(runs)('holds in Chromium, on the page as it is built', async () => {
    const desktop = await Desktop.open()
    const browser = await chromium.launch({ ...(executablePath ? { executablePath } : {}) })
    try {
      const page = await browser.newPage()
      const asked: string[] = []
      // The registered handler's own answers, under an address that Chromium knows; whatever else it asks for would be answered.
      await page.route('**/*', async (route) => {
        const url = new URL(route.request().url())
        if (url.host !== 'socketeer.test') {
          asked.push(url.href)
          return route.fulfill({ status: 200, headers: { 'Access-Control-Allow-Origin': '*' }, body: '' })
        }
        return route.fulfill(await desktop.do('fetch', `app://socketeer${url.pathname}`))
      })
      await page.goto('https://socketeer.test/')
      await page.locator('#app').waitFor({ state: 'attached' })
      for (const [attempt, expression] of Object.entries(attempts))
        expect(await page.evaluate<string>(later(expression)), attempt).toBe('refused')
      expect(asked).toEqual([])
    } finally {
      await browser.close()
      await desktop.remove()
    }
  })
})
