import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { CDPSession, Page } from '@playwright/test'
import { findPython } from '../../build/scripts/find.mjs'
import { expect, needs, open, pane, rows, tab, test } from '../e2e/fixture.js'

// F7: a flood, with the desk open. Every message is counted, a bounded part is drawn, the page's memory stays where it was, and it answers while it goes on. Frames a second are
// printed beside those of the idle page: this machine may be busy with something else.

const COUNT = 400_000

const flood = `
import sys, zmq
push = zmq.Context().socket(zmq.PUSH)
push.connect(sys.argv[1])
body = b"x" * 90
for n in range(1, ${COUNT} + 1):
    push.send(b"%d " % n + body)
push.close()
push.context.term()
`

test.describe('F7', () => {
  needs({ pyzmq: true })

  test(`${COUNT} messages as fast as pyzmq can: all are counted, few are drawn, the heap is bounded, the page answers`, async ({
    page,
  }) => {
    test.slow()
    await tab(page, 'Pipeline')
    const address = await open(page, 'sink', 'tcp://127.0.0.1:*')
    const sink = pane(page, 'Sink')
    const devtools = await page.context().newCDPSession(page)
    const before = await heap(devtools)
    const idle = await frames(page)

    const child = spawn(findPython() ?? 'python3', ['-c', flood, address], { stdio: ['ignore', 'ignore', 'inherit'] })
    const gone = once(child, 'exit')
    await expect(rows(sink).first()).toBeVisible()
    const busy = await frames(page)
    // It answers while they come in: a tab is changed and changed back.
    await tab(page, 'Radio')
    await tab(page, 'Pipeline')
    expect((await gone)[0]).toBe(0)

    const counted = COUNT.toLocaleString('en-US')
    await expect(sink.getByText(`of ${counted}`)).toBeVisible({ timeout: 30_000 })
    await expect(sink.getByRole('grid')).toHaveAttribute('aria-rowcount', String(COUNT + 1))
    await expect(rows(sink).last()).toContainText(String(COUNT))
    expect(await rows(sink).count()).toBeLessThan(60)
    const after = await heap(devtools)
    console.info(`F7: ${busy} frames a second in the flood, ${idle} when idle; heap ${before} → ${after} MiB`)
    expect(after - before).toBeLessThan(48)
  })
})

/** Frames that the page draws in a second. */
function frames(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let count = 0
        const begun = performance.now()
        const frame = (time: number) => {
          count++
          if (time - begun < 1000) requestAnimationFrame(frame)
          else resolve(count)
        }
        requestAnimationFrame(frame)
      }),
  )
}

/** MiB, without what nobody holds. */
async function heap(devtools: CDPSession): Promise<number> {
  await devtools.send('HeapProfiler.collectGarbage')
  const { usedSize } = await devtools.send('Runtime.getHeapUsage')
  return Math.round(usedSize / 1024 / 1024)
}
