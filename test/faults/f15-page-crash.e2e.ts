import { expect, needs, open, pane, rows, tab, test } from '../e2e/fixture.js'

// F15: the page is reloaded again and again under traffic, and crashes. Sockets live on in the engine, and what comes back has all rows, none twice. (The desktop app reloads a crashed
// window by itself, at most three times a minute: test/desktop/life.test.ts.)

test.describe('F15', () => {
  needs({ pyzmq: true })

  test('20 reloads and a crash under traffic: every row is there, once, and none was missed meanwhile', async ({
    page,
    peer,
  }) => {
    test.slow()
    await tab(page, 'Pipeline')
    const push = peer('push', '--connect', await open(page, 'sink', 'tcp://127.0.0.1:*'))
    await push.ready()
    let sent = 0
    const send = (count: number) => {
      for (let n = 0; n < count; n++) push.send(`number ${++sent}`)
    }
    for (let n = 0; n < 20; n++) {
      send(25)
      const loaded = page.reload()
      send(25)
      await loaded
    }
    const sink = pane(page, 'Sink')
    await expect(sink.getByRole('grid')).toHaveAttribute('aria-rowcount', String(sent + 1))

    const crashed = new Promise((resolve) => page.once('crash', resolve))
    const home = new URL(page.url()).origin
    await page.goto('chrome://crash').catch(() => undefined)
    await crashed
    send(100)
    const next = await page.context().newPage()
    await next.goto(home)
    const again = pane(next, 'Sink')
    await expect(again.getByRole('grid')).toHaveAttribute('aria-rowcount', String(sent + 1))
    await expect(rows(again).last()).toContainText(`number ${sent}`)
    await again.getByRole('grid').press('Home')
    await expect(rows(again).first()).toContainText('number 1')
    send(1)
    await expect(again.getByRole('grid')).toHaveAttribute('aria-rowcount', String(sent + 1))
  })
})
