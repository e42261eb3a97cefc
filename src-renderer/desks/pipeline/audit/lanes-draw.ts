import { clock } from '../../../lib/format.js'
import { ticks } from './lane-view.svelte.js'
import type { Picture, ReadLane } from './lanes.svelte.js'

/** Pixels: the names at the left, the axis at the bottom, a lane at least and at most. */
export const LABELS = 92
export const AXIS = 18
const LEAST = 9
const MOST = 24

/** How high a lane is, and how many have room. */
export function laneRoom(lanes: number, height: number): { side: number; rows: number } {
  const room = Math.max(LEAST, height - AXIS)
  const side = Math.max(LEAST, Math.min(MOST, Math.floor(room / Math.max(1, lanes))))
  return { side, rows: Math.max(1, Math.floor(room / side)) }
}

export interface Look {
  readonly width: number
  readonly height: number
  readonly side: number
  /** What is pointed at. */
  readonly at: { row: number; entry: number } | undefined
  /** The name of a lane. */
  readonly name: (lane: ReadLane) => string
  readonly mark: (kind: ReadLane['marks'][number]['kind']) => string
}

interface Colours {
  work: string
  slow: string
  lost: string
  line: string
  ink: string
  faint: string
  chosen: string
  paper: string
  font: string
}

/** One lane a worker, one bar a task; tasks in hand at once lie below each other within the lane. */
export function drawLanes(canvas: HTMLCanvasElement, picture: Picture, look: Look): void {
  const context = canvas.getContext('2d')
  if (context === null || look.width <= LABELS) return
  const fine = Math.min(2, globalThis.devicePixelRatio || 1)
  const [wide, high] = [Math.round(look.width * fine), Math.round(look.height * fine)]
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide
    canvas.height = high
  }
  const style = getComputedStyle(canvas)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  const colours: Colours = {
    work: colour('--accent'),
    slow: colour('--wait'),
    lost: colour('--bad'),
    line: colour('--line'),
    ink: colour('--ink-2'),
    faint: colour('--ink-3'),
    chosen: colour('--selected'),
    paper: colour('--surface'),
    font: `11px ${colour('--font-ui')}`,
  }
  context.setTransform(fine, 0, 0, fine, 0, 0)
  context.clearRect(0, 0, look.width, look.height)
  const bottom = look.height - AXIS
  const scale = (look.width - LABELS) / Math.max(1e-6, picture.to - picture.from)
  const x = (time: number): number => LABELS + (time - picture.from) * scale
  drawAxis(context, picture, look, bottom, x, colours)
  context.save()
  context.beginPath()
  context.rect(LABELS, 0, look.width - LABELS, bottom)
  context.clip()
  picture.lanes.forEach((lane, row) => drawLane(context, lane, row, look, x, colours))
  context.restore()
  drawNames(context, picture, look, bottom, colours)
}

function drawLane(
  context: CanvasRenderingContext2D,
  { entries, marks }: ReadLane,
  row: number,
  look: Look,
  x: (time: number) => number,
  colours: Colours,
): void {
  let slots = 1
  for (let i = 0; i < entries.length; i++) slots = Math.max(slots, entries.slot(i) + 1)
  const top = row * look.side + 1
  const gap = look.side > 12 ? 3 : 1
  const slot = (look.side - gap) / slots
  for (let i = 0; i < entries.length; i++) {
    const left = x(entries.from(i))
    const width = Math.max(0.75, x(entries.to(i)) - left - 0.25)
    const several = entries.tasks(i) > 1
    context.fillStyle = entries.lost(i) ? colours.lost : entries.redone(i) ? colours.slow : colours.work
    context.globalAlpha = several
      ? 0.25 + 0.75 * Math.min(1, entries.busy(i))
      : entries.inHand(i)
        ? 0.55
        : i % 2 === 0
          ? 0.95
          : 0.7
    const y = top + entries.slot(i) * slot
    context.fillRect(left, y, width, Math.max(1, slot - (slots > 1 && slot > 3 ? 1 : 0)))
    if (look.at?.row === row && look.at.entry === i) {
      context.globalAlpha = 1
      context.strokeStyle = colours.ink
      context.lineWidth = 1.5
      context.strokeRect(left - 1, y - 0.5, width + 2, slot + 0.5)
    }
  }
  context.globalAlpha = 1
  context.font = colours.font
  context.textBaseline = 'middle'
  for (const { time, kind } of marks) {
    const left = x(time)
    const well = kind === 'back' || kind === 'resumed'
    context.fillStyle = well ? colours.ink : kind === 'paused' ? colours.slow : colours.lost
    context.fillRect(left - 1, top - 1, 2, look.side)
    if (look.side > 11) {
      const text = look.mark(kind)
      const colour = context.fillStyle
      context.fillStyle = colours.paper
      context.fillRect(left + 2, top, context.measureText(text).width + 6, look.side - 2)
      context.fillStyle = colour
      context.fillText(text, left + 5, top + look.side / 2)
    }
  }
}

function drawNames(
  context: CanvasRenderingContext2D,
  picture: Picture,
  look: Look,
  bottom: number,
  colours: Colours,
): void {
  const every = Math.max(1, Math.ceil(12 / look.side))
  context.font = colours.font
  context.textBaseline = 'middle'
  picture.lanes.forEach((lane, row) => {
    const y = row * look.side
    if (y + look.side > bottom + 1) return
    const chosen = look.at?.row === row
    if (chosen) {
      context.fillStyle = colours.chosen
      context.fillRect(0, y, LABELS - 4, look.side)
    } else if (row % every !== 0) return
    context.fillStyle = colours.ink
    context.fillText(look.name(lane), 8, y + look.side / 2 + 0.5, LABELS - 14)
  })
}

function drawAxis(
  context: CanvasRenderingContext2D,
  picture: Picture,
  look: Look,
  bottom: number,
  x: (time: number) => number,
  colours: Colours,
): void {
  const { step, at } = ticks(picture.from, picture.to, (look.width - LABELS) / 100)
  context.font = colours.font
  context.textBaseline = 'middle'
  for (const time of at) {
    const left = Math.round(x(time))
    context.fillStyle = colours.line
    context.fillRect(left, 0, 1, bottom)
    context.fillStyle = colours.faint
    const text = clock(time).time
    if (left + 66 < look.width) context.fillText(step < 1000 ? text : text.slice(0, 8), left + 3, bottom + AXIS / 2)
  }
  context.fillStyle = colours.line
  context.fillRect(0, bottom, look.width, 1)
}
