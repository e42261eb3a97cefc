import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Desktop } from '../electron/launch.js'
import { useDesktop } from '../electron/use-desktop.js'
import { until, within } from '../helpers/until.js'

const { open } = useDesktop()

async function quit(desktop: Desktop): Promise<void> {
  await desktop.do('quit').catch(() => undefined)
  expect(await within(desktop.ended, 30_000, 'the app to end')).toBe(0)
}

const SCREEN = { x: 0, y: 0, width: 1920, height: 1080 }
const BESIDE = { x: 1920, y: 0, width: 1280, height: 1024 }
const optionsOf = async (desktop: Desktop, window: number) =>
  (await desktop.do('windows')).find(({ id }) => id === window)?.options

it('opens each kind of window where it was last, with the displays of then; a second one of a kind stands aside', async () => {
  const first = await open()
  await first.do('displays', SCREEN, BESIDE)
  await first.do('choose', 'File', 'New window as…', 'Sink')
  await first.do('place', 1, { x: 2000, y: 50, width: 1000, height: 700 }, true, 1.5)
  await first.do('place', 2, { x: 30, y: 40, width: 500, height: 600 }, false, 1.5)
  await quit(first)

  // One display less: what stood there is centred again, at its own size.
  const alone = await open({ userData: first.userData })
  expect(await optionsOf(alone, 1)).toMatchObject({ width: 1280, height: 800 })
  expect(await optionsOf(alone, 1)).not.toHaveProperty('x')

  await alone.do('displays', SCREEN, BESIDE)
  await alone.do('close', 1).catch(() => undefined)
  expect(await within(alone.ended, 30_000, 'the app to end')).toBe(0)
  const kept = JSON.parse(await readFile(join(first.userData, 'windows.json'), 'utf8')) as {
    zoom: number
    places: Record<string, object>
  }
  expect(kept.zoom).toBe(1.5)
  const both = '1280x1024+1920+0@1 1920x1080+0+0@1'
  expect(kept.places[both]).toMatchObject({ sink: { x: 30, y: 40, width: 500, height: 600 } })

  const third = await open({ userData: first.userData })
  await third.do('displays', SCREEN, BESIDE)
  for (let n = 0; n < 2; n++) await third.do('choose', 'File', 'New window as…', 'Sink')
  expect(await optionsOf(third, 2)).toMatchObject({ x: 30, y: 40, width: 500, height: 600 })
  expect(await optionsOf(third, 3)).toMatchObject({ x: 54, y: 64, width: 500, height: 600 })
  await until(async () => (await third.do('windows')).every(({ zoom }) => zoom === 1.5), { what: 'the zoom' })
})

it('is maximized as it was, and centred when its display shows it no more', async () => {
  const first = await open()
  await first.do('place', 1, { x: 60, y: 60, width: 1000, height: 700 }, true, 0)
  await quit(first)
  const file = join(first.userData, 'windows.json')
  const second = await open({ userData: first.userData })
  expect((await second.do('windows'))[0]).toMatchObject({ maximized: true, visible: true, bounds: { x: 60, y: 60 } })
  await quit(second)

  // As a person, or a fault, could leave it: beyond every display.
  const text = await readFile(file, 'utf8')
  await writeFile(file, text.replace('"x":60', '"x":5000'))
  const third = await open({ userData: first.userData })
  expect(await optionsOf(third, 1)).not.toHaveProperty('x')
  await quit(third)

  await writeFile(file, text.slice(0, 20))
  expect(await optionsOf(await open({ userData: first.userData }), 1)).toMatchObject({ width: 1280, height: 800 })
})
