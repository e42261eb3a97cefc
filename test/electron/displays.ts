import { app } from './app.js'
import { strict } from './strict.js'

const FULL_HD = { x: 0, y: 0, width: 1920, height: 1080 }
/** What is plugged in. A test may change it. */
export const displays: { now: Pick<Electron.Display, 'bounds' | 'workArea' | 'scaleFactor'>[] } = {
  now: [{ bounds: FULL_HD, workArea: { ...FULL_HD, y: 32, height: 1048 }, scaleFactor: 1 }],
}

/** docs/api/screen.md: "You cannot require or use this module until the `ready` event of the `app` module is emitted." */
export const screen = strict('screen', {
  getAllDisplays() {
    app.after('screen.getAllDisplays')
    return structuredClone(displays.now).map((display) => strict('Display', display))
  },
})
