import { encode as encodeMsgpack } from '@msgpack/msgpack'
import { encode as encodeCbor } from 'cborg'
import { expect, needs, open, pane, rows, tab, test } from './fixture.js'

const image = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAgAAAAGCAIAAABxZ0isAAAAFElEQVR4nGP8z8DwnwELYMImOEgkAF5cAQtRpCvnAAAAAElFTkSuQmCC',
  'base64',
)
/** A header that announces 50,000 × 50,000 pixels. */
const bomb = Buffer.from(image)
bomb.writeUInt32BE(50_000, 16)
bomb.writeUInt32BE(50_000, 20)

test.describe('the inspector', () => {
  needs({ pyzmq: true })

  test.beforeEach(async ({ page }) => {
    await tab(page, 'Pipeline')
  })

  test('shows each payload as what it is', async ({ page, peer }) => {
    const push = peer('push', '--connect', await open(page, 'sink', 'tcp://127.0.0.1:*'))
    await push.ready()
    const value = { pose: { position: [1.5, 2.5], frame: 'map' }, id: 2n ** 63n }
    push.send('{"id": 12345678901234567890, "id": 1.0, "deep": {"list": [true, null]}}')
    push.send(encodeMsgpack(value, { useBigInt64: true }))
    push.send(encodeCbor(value))
    push.send(image)
    push.send(bomb)
    push.send('\u202eplain', new Uint8Array([0, 255]))
    const sink = pane(page, 'Sink')
    await expect(rows(sink)).toHaveCount(6)
    const view = sink.getByRole('combobox', { name: 'Shown as' })
    const chosen = view.locator('option:checked')

    await rows(sink).nth(0).click()
    await expect(chosen).toHaveText('JSON')
    const json = sink.getByRole('tree', { name: 'JSON of frame 1' })
    await expect(json.getByRole('treeitem').nth(1)).toContainText('12345678901234567890')
    await expect(json.getByRole('treeitem').nth(2)).toContainText('this key stands here more than once')

    await rows(sink).nth(1).click()
    await expect(chosen).toHaveText('MsgPack')
    await expect(sink.getByRole('tree', { name: 'MsgPack of frame 1' })).toContainText('9223372036854775808')

    await rows(sink).nth(2).click()
    await expect(chosen).toHaveText('CBOR')
    await expect(sink.getByRole('tree', { name: 'CBOR of frame 1' })).toContainText('9223372036854775808')

    await rows(sink).nth(3).click()
    await expect(chosen).toHaveText('Image')
    const picture = sink.getByRole('img', { name: 'Image in frame 1, 8 × 6' })
    await expect(picture).toBeVisible()
    await expect(picture).toHaveJSProperty('naturalWidth', 8)

    await rows(sink).nth(4).click()
    await expect(sink.getByText('50,000 × 50,000')).toBeVisible()
    await expect(sink.getByRole('img', { name: /^Image in/ })).toHaveCount(0)

    await rows(sink).nth(5).click()
    await expect(chosen).toHaveText('Hex')
    await expect(sink.getByText('00 ff')).not.toHaveCount(0)
    await sink.getByRole('radio', { name: /^Frame 1/ }).click()
    await expect(sink.getByRole('group', { name: 'Content of frame 1' })).toContainText('⟨U+202E⟩plain')
    await view.selectOption('CBOR')
    await expect(sink.getByText(/This is not CBOR: .* Shown as hex\./)).toBeVisible()
  })

  test('a tree is walked with the arrow keys, and gives paths and values', async ({ page, peer }) => {
    const push = peer('push', '--connect', await open(page, 'sink', 'tcp://127.0.0.1:*'))
    await push.ready()
    push.send('{"pose": {"position": [1.50, {"a.b": "text\\u202e"}]}, "n": null}')
    const sink = pane(page, 'Sink')
    await rows(sink).first().click()
    const tree = sink.getByRole('tree')
    const picked = tree.getByRole('treeitem', { selected: true })
    await tree.focus()
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown']) await tree.press(key)
    await expect(picked).toContainText('1.50')
    await expect(picked).toHaveAttribute('aria-level', '4')
    for (const key of ['ArrowDown', 'ArrowRight']) await tree.press(key)
    await expect(picked).toContainText('a.b')
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
    await sink.getByRole('button', { name: 'Copy path' }).click()
    await expect.poll(clipboard).toBe('pose.position[1]["a.b"]')
    await sink.getByRole('button', { name: 'Copy value' }).click()
    await expect.poll(clipboard).toBe('text\u202e')
    await tree.focus()
    for (const key of ['ArrowLeft', 'ArrowLeft', 'ArrowLeft', 'ArrowLeft']) await tree.press(key)
    await expect(picked).toHaveAttribute('aria-expanded', 'false')
    await expect(picked).toContainText('position')
  })

  test('is copied as text, hex, Base64 and JSON', async ({ page, peer }) => {
    const push = peer('push', '--connect', await open(page, 'sink', 'tcp://127.0.0.1:*'))
    await push.ready()
    push.send(encodeMsgpack({ a: [1, 2] }))
    const sink = pane(page, 'Sink')
    await rows(sink).first().click()
    const clipboard = () => page.evaluate(() => navigator.clipboard.readText())
    for (const [how, text] of [
      ['Hex', '81a161920102'],
      ['Base64', 'gaFhkgEC'],
      ['JSON', '{\n  "a": [\n    1,\n    2\n  ]\n}'],
    ] as const) {
      await sink.getByRole('button', { name: 'Copy as…' }).click()
      await page.getByRole('menuitem', { name: `Copy as ${how}` }).click()
      await expect.poll(clipboard).toBe(text)
    }
  })

  test('what is picked is kept for the session, across messages and a reload', async ({ page, peer }) => {
    const push = peer('push', '--connect', await open(page, 'sink', 'tcp://127.0.0.1:*'))
    await push.ready()
    push.send('one')
    push.send('two')
    const sink = pane(page, 'Sink')
    const view = sink.getByRole('combobox', { name: 'Shown as' })
    const chosen = view.locator('option:checked')
    await rows(sink).nth(0).click()
    await view.selectOption('Base64')
    await rows(sink).nth(1).click()
    await expect(sink.getByText('dHdv')).toBeVisible()
    await page.reload()
    await rows(sink).nth(0).click()
    await expect(chosen).toHaveText('Base64')
    // What fits by itself ends it.
    await view.selectOption('Text')
    await rows(sink).nth(1).click()
    await expect(chosen).toHaveText('Text')
  })

  test('5 MB of JSON become a tree while the page stays alive', async ({ page, peer }) => {
    const push = peer('push', '--connect', await open(page, 'sink', 'tcp://127.0.0.1:*'))
    await push.ready()
    push.send(`[${'{"a":1.5,"b":"text"},'.repeat(240_000)}0]`)
    const sink = pane(page, 'Sink')
    await expect(rows(sink)).toHaveCount(1)
    await rows(sink).first().click()
    const tree = sink.getByRole('tree')
    await expect(tree.getByRole('treeitem').first()).toContainText('240,001')
    expect(await tree.getByRole('treeitem').count()).toBeLessThan(60)
    await tree.press('End')
    await expect(tree.getByRole('treeitem', { selected: true })).toContainText('240000:')
  })
})
