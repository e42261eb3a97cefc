import type { Locator, Page } from '@playwright/test'
import { expect, needs, open, pane, rows, tab, test } from '../e2e/fixture.js'

// F14: payloads, topics, names and addresses that want to be more than text. They are text: nothing is loaded, opened or run; what would hide or turn around is made visible; what is huge
// is drawn as far as it is in view. (The log on the terminal: test/cli/output.test.ts.)

const corpus = [
  '<img src=x onerror=alert(1)>',
  '<svg/onload=alert(2)>',
  '<script>alert(3)</script>',
  '"><iframe src="javascript:alert(4)"></iframe>',
  "'-alert(5)-'",
  '{{constructor.constructor("alert(6)")()}}',
  '${alert(7)} {@html "<b>x</b>"}',
  'javascript:alert(8)',
  '<a href="javascript:alert(9)">click</a>',
  '<style>*{display:none}</style>',
  '<meta http-equiv=refresh content="0;url=http://evil.example/">',
  '<link rel=stylesheet href=http://evil.example/x.css>',
  '{"__proto__":{"polluted":true},"<b>":"<img src=x onerror=alert(10)>"}',
  '\u202egnp.exe \u2066isolated\u2069 zero\u200bwidth \ufeffbom \u00adshy',
  '\u001b[2J\u001b[31mred\u0007\u0000',
  `Z${'\u0301'.repeat(10_000)}`,
]

/** Watches for everything that text must not bring about. */
function watch(page: Page): { happened: string[] } {
  const happened: string[] = []
  const own = new URL(page.url()).host
  page.on('dialog', (dialog) => {
    happened.push(`dialog ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (new URL(request.url()).host !== own) happened.push(`request ${request.url()}`)
  })
  page.on('framenavigated', (frame) => happened.push(`navigation ${frame.url()}`))
  page.context().on('page', (other) => happened.push(`window ${other.url()}`))
  page.on('download', () => happened.push('download'))
  return { happened }
}

/** Elements that only markup in a payload can have made. */
const planted = (page: Page): Locator =>
  page.locator(
    'img, iframe, object, embed, script:not([src]), meta[http-equiv=refresh], a[href^="javascript"], [onerror], [onload], [onclick], body style:not([data-svelte])',
  )

test.describe('F14', () => {
  needs({ pyzmq: true })

  test('hostile text in payload and topic, in the list, the tree and the inspector', async ({ page, peer }) => {
    test.slow()
    const station = peer('pub', '--bind', 'tcp://127.0.0.1:*')
    const address = await station.ready()
    await tab(page, 'Radio')
    await open(page, 'subscriber', address)
    await station.subscribed('')
    const radio = pane(page, 'Subscriber')
    const { happened } = watch(page)
    for (const text of corpus) station.send(text, text)
    await expect(rows(radio)).toHaveCount(corpus.length)
    for (const part of ['<img src=x onerror=alert(1)>', 'javascript:alert(8)', '<a href="javascript:alert(9)">'])
      await expect(rows(radio).filter({ hasText: part }).first()).toBeVisible()
    await expect(rows(radio).filter({ hasText: '⟨U+202E⟩gnp.exe' })).toHaveCount(1)
    await expect(rows(radio).filter({ hasText: 'zero⟨U+200B⟩width' })).toHaveCount(1)
    await expect(
      rows(radio)
        .filter({ hasText: '⟨U+001B⟩' })
        .or(rows(radio).filter({ hasText: '1b' }))
        .first(),
    ).toBeVisible()
    // A tower of marks makes no row higher.
    const heights = await rows(radio).evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height))
    expect(new Set(heights).size).toBe(1)

    for (let n = 0; n < corpus.length; n++) {
      await rows(radio).nth(n).click()
      await expect(page.getByRole('region', { name: `Message #${n + 1}` })).toBeVisible()
    }
    expect(await planted(page).count()).toBe(0)
    expect(await page.evaluate(() => 'polluted' in {})).toBe(false)
    expect(happened).toEqual([])
  })

  test('a line of 1 MiB is opened, and the page answers', async ({ page, peer }) => {
    await tab(page, 'Pipeline')
    const push = peer('push', '--connect', await open(page, 'sink', 'tcp://127.0.0.1:*'))
    await push.ready()
    push.send('x'.repeat(1024 * 1024))
    push.send(`${'\u202e<b>'.repeat(200_000)}`)
    const sink = pane(page, 'Sink')
    for (const n of [0, 1]) {
      await rows(sink).nth(n).click()
      const looked = sink.getByRole('region', { name: `Message #${n + 1}` })
      await expect(looked.getByText(n === 0 ? 'xxxxxxxx' : '⟨U+202E⟩<b>').first()).toBeVisible()
      // What is drawn is what can be seen.
      expect(await looked.evaluate((element) => element.textContent.length)).toBeLessThan(100_000)
    }
    expect(await planted(page).count()).toBe(0)
  })

  test('hostile names and addresses: a session’s name, an address that is refused', async ({ page }) => {
    const { happened } = watch(page)
    const button = page.getByRole('button', { name: 'Open server', exact: true })
    const form = page.locator('form').filter({ has: button })
    await form
      .getByRole('textbox', { name: /: Address 1$/ })
      .first()
      .fill('tcp://<img src=x onerror=alert(1)>:1')
    await expect(page.getByText('<img src=x onerror=alert(1)>').first()).toBeVisible()
    const name = '<img src=x onerror=alert(1)>\u202e'
    await form.getByRole('textbox', { name: /^Name/ }).fill(name)
    await form
      .getByRole('textbox', { name: /: Address 1$/ })
      .first()
      .fill('tcp://127.0.0.1:*')
    await button.click()
    await expect(page.getByRole('heading', { name: '<img src=x onerror=alert(1)>' })).toBeVisible()
    await page.reload()
    await expect(page.getByRole('heading', { name: '<img src=x onerror=alert(1)>' })).toBeVisible()
    expect(await planted(page).count()).toBe(0)
    expect(happened.filter((what) => !what.startsWith('navigation'))).toEqual([])
  })
})
