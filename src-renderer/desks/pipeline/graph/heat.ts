import type { GroupFigures } from './group.svelte.js'

/** Draws a square for each worker: the busier, the stronger; slow ones amber with a bar, dead ones crossed out. @param width, height in pixels at zoom 1 */
export function drawHeat(canvas: HTMLCanvasElement, { cells }: GroupFigures, width: number, height: number): void {
  const context = canvas.getContext('2d')
  if (context === null || cells.length === 0) return
  // Twice as fine as at zoom 1, for those who look closer.
  const fine = 2
  if (canvas.width !== width * fine) {
    canvas.width = width * fine
    canvas.height = height * fine
  }
  const style = getComputedStyle(canvas)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const [accent, wait, bad, line] = [colour('--accent'), colour('--wait'), colour('--bad'), colour('--line')]
  const { columns, side } = squares(cells.length, width, height)
  context.setTransform(fine, 0, 0, fine, 0, 0)
  context.clearRect(0, 0, width, height)
  const inset = side > 6 ? 1 : 0.5
  const size = side - inset * 2
  cells.forEach((cell, i) => {
    const x = (i % columns) * side + inset
    const y = Math.floor(i / columns) * side + inset
    context.globalAlpha = 1
    if (cell.alarm === 'dead') {
      context.strokeStyle = bad
      context.lineWidth = 1.2
      context.beginPath()
      context.moveTo(x, y)
      context.lineTo(x + size, y + size)
      context.moveTo(x + size, y)
      context.lineTo(x, y + size)
      context.stroke()
      return
    }
    context.fillStyle = line
    context.fillRect(x, y, size, size)
    context.globalAlpha = 0.2 + 0.8 * cell.heat
    context.fillStyle = cell.alarm === 'slow' ? wait : accent
    if (cell.heat > 0 || cell.alarm === 'slow') context.fillRect(x, y, size, size)
    if (cell.alarm === 'slow') {
      context.globalAlpha = 1
      context.fillRect(x, y + size - 2, size, 2)
    }
  })
  context.globalAlpha = 1
}

/** The largest squares of which `n` fit. */
export function squares(n: number, width: number, height: number): { columns: number; side: number } {
  let side = Math.min(14, Math.floor(Math.sqrt((width * height) / Math.max(1, n))))
  while (side > 2 && Math.floor(width / side) * Math.floor(height / side) < n) side--
  return { columns: Math.max(1, Math.floor(width / side)), side }
}
