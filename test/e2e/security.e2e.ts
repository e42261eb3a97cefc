import AxeBuilder from '@axe-core/playwright'
import { expect, needs, pane, rows, test } from './fixture.js'

/** The client's pair of the example in zmq_curve(7). */
const PUBLIC = 'Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID'
const SECRET = 'D:)Q[IlAW!ahhC2ac:9*A}h:p?([4%wOTJ%JR%cs'

test.describe('encryption', () => {
  needs({ pyzmq: true })

  test('a server that lets in the clients on its list, with a key made in the form', async ({ page, peer }) => {
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Open server', exact: true }) })
    await form.getByRole('textbox', { name: /: Address 1$/ }).fill('tcp://127.0.0.1:*')
    await form.getByText('Encryption (CURVE)').click()
    await form.getByRole('radio', { name: 'This end is the CURVE server: clients know its public key.' }).click()
    await expect(form.getByRole('button', { name: 'Open server' })).toBeDisabled()
    await form.getByRole('button', { name: 'Make a key pair' }).click()
    const key = form.locator('code')
    await expect(key).toHaveText(/^.{40}$/)
    await form.getByRole('radio', { name: 'Only those listed' }).click()
    const list = form.getByRole('textbox', { name: 'Clients that may come in' })
    await list.fill('no key at all')
    await expect(form.getByText('Line 1 is not a public key')).toBeVisible()
    await list.fill(`robot 7 ${PUBLIC}`)
    const serious = (await new AxeBuilder({ page }).analyze()).violations.filter(({ impact }) => impact === 'serious')
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([])
    const server = await key.textContent()
    await form.getByRole('button', { name: 'Open server' }).click()

    const shown = pane(page, 'Server')
    await shown.locator('.address').filter({ hasNotText: ':*' }).waitFor()
    const address = /\w+:\/\/\S+/.exec((await shown.locator('.address').textContent()) ?? '')?.[0] ?? ''
    const client = peer('req', '--connect', address, `--curve-client=${server}`, '--curve-pair', PUBLIC, SECRET)
    await client.ready()
    client.send('a secret')
    await expect(rows(shown)).toHaveCount(1)
    await expect(rows(shown)).toContainText('a secret')
    await expect(shown.getByText(`robot 7 ${PUBLIC}`)).toBeVisible()
  })

  test('what the network could reach is asked about first', async ({ page }) => {
    const form = page.locator('form').filter({ has: page.getByRole('button', { name: 'Open server', exact: true }) })
    await form.getByRole('textbox', { name: /: Address 1$/ }).fill('tcp://*:*')
    await form.getByRole('button', { name: 'Open server' }).click()
    await expect(form.getByRole('alert')).toContainText('Everybody on the network who can reach tcp://*:*')
    await expect(pane(page, 'Server').locator('.address')).toHaveCount(0)
    await form.getByRole('button', { name: 'Open it', exact: true }).click()
    await expect(pane(page, 'Server').locator('.address')).toContainText('tcp://0.0.0.0:')
  })
})
