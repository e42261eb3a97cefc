import type { Page } from '@playwright/test'

/** Drops a file on the window, as the browser tells of it. */
export async function drop(page: Page, name: string, content: string | Buffer): Promise<void> {
  const data = await page.evaluateHandle(
    ([fileName, bytes]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([Uint8Array.from(bytes)], fileName))
      return transfer
    },
    [name, [...Buffer.from(content)]] as const,
  )
  await page.dispatchEvent('body', 'drop', { dataTransfer: data })
}
