import { BrowserWindow, screen, type Display, type Rectangle } from 'electron'
import type { Memory } from './memory.js'

/** Pixels of a window that must lie on a display for a person to be able to take hold of it. */
const HOLD = { width: 120, height: 40 }
/** Pixels by which a window is moved aside that would cover another one exactly. */
const ASIDE = 24

export interface Placed {
  bounds?: Rectangle
  maximized: boolean
}

/** Where a window of this kind was last with the displays that are here now; nothing when it would not be seen there. */
export function placeOf(memory: Memory, what: string): Placed {
  const displays = screen.getAllDisplays()
  const place = memory.place(keyOf(displays), what)
  if (place === undefined) return { maximized: false }
  const { maximized, ...last } = place
  const taken = BrowserWindow.getAllWindows().map((window) => window.getNormalBounds())
  const bounds = { ...last }
  while (taken.some(({ x, y }) => x === bounds.x && y === bounds.y)) {
    bounds.x += ASIDE
    bounds.y += ASIDE
  }
  if (displays.some((display) => holds(display, bounds))) return { bounds, maximized }
  return displays.some((display) => holds(display, last)) ? { bounds: last, maximized } : { maximized: false }
}

/** Remembers where it is, and how large its text is, when it closes; and gives it the size of text that was last. */
export function keepPlace(memory: Memory, window: BrowserWindow, what: string): void {
  window.webContents.on('did-finish-load', () => window.webContents.setZoomLevel(memory.zoom))
  // The page may yet stay: then this is written again.
  window.on('close', () => {
    const place = { ...window.getNormalBounds(), maximized: window.isMaximized() }
    memory.keepPlace(keyOf(screen.getAllDisplays()), what, place, window.webContents.getZoomLevel())
  })
}

/** Displays have no name that lasts: what they are told apart by is how they lie. */
function keyOf(displays: readonly Display[]): string {
  return displays
    .map(({ bounds: { x, y, width, height }, scaleFactor }) => `${width}x${height}+${x}+${y}@${scaleFactor}`)
    .sort()
    .join(' ')
}

/** Whether enough of its upper edge is there to be taken hold of. */
function holds({ workArea }: Display, { x, y, width }: Rectangle): boolean {
  const across = Math.min(x + width, workArea.x + workArea.width) - Math.max(x, workArea.x)
  return across >= HOLD.width && y >= workArea.y && y + HOLD.height <= workArea.y + workArea.height
}
