import { clock } from '../../../lib/format.js'
import { visibleLine } from '../../../lib/visible.js'
import { colourOf, dashOf } from './colours.js'
import type { PlotOf } from './layout.js'

/** Lines of text above and below the drawing, in pixels of the page. */
const HEAD = 24
const LINE = 18
const MARGIN = 10

/** A plot as a picture that says what it shows: its title and stretch of time above, its signals below. */
export function pictureOf(
  canvas: HTMLCanvasElement,
  title: string,
  plot: PlotOf,
  stretch: { readonly from: number; readonly to: number } | undefined,
): Promise<Blob | null> {
  const scale = devicePixelRatio
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const copy = document.createElement('canvas')
  copy.width = canvas.width
  copy.height = canvas.height + (HEAD + LINE * plot.signals.length + MARGIN) * scale
  const context = copy.getContext('2d')
  if (context === null) return Promise.resolve(null)
  // The canvas alone has no background: it gets the page's.
  context.fillStyle = colour('--surface')
  context.fillRect(0, 0, copy.width, copy.height)
  context.drawImage(canvas, 0, HEAD * scale)
  context.scale(scale, scale)
  context.textBaseline = 'middle'
  context.fillStyle = colour('--ink')
  context.font = `600 12px ${colour('--font-ui')}`
  const when = stretch === undefined ? '' : ` · ${clock(stretch.from).time} – ${clock(stretch.to).time}`
  context.fillText(`${visibleLine(title)}${when}`, MARGIN, HEAD / 2)
  context.font = `11px ${colour('--font-ui')}`
  for (const [i, signal] of plot.signals.entries()) {
    const y = HEAD + canvas.height / scale + LINE * (i + 0.5)
    context.strokeStyle = colour(colourOf(i))
    context.lineWidth = 3
    context.setLineDash([...dashOf(i)])
    context.beginPath()
    context.moveTo(MARGIN, y)
    context.lineTo(MARGIN + 18, y)
    context.stroke()
    context.fillText(visibleLine(signal.name), MARGIN + 26, y)
  }
  return new Promise((resolve) => {
    copy.toBlob(resolve)
  })
}
