import type { Edge, Node } from '@xyflow/svelte'
import { visibleLine } from '../../../lib/visible.js'
import type { EdgeFigures, NodeFigures } from '../graph/figures.svelte.js'

/** Colours by the names of the theme: written out, so that the file looks the same anywhere. */
export type Colours = (name: string) => string

/** The graph as it stands, as a picture of its own. */
export function graphSvg(nodes: readonly Node[], edges: readonly Edge[], colours: Colours, title: string): string {
  const margin = 24
  const left = Math.min(...nodes.map(({ position }) => position.x), 0) - margin
  const top = Math.min(...nodes.map(({ position }) => position.y), 0) - margin
  const right = Math.max(...nodes.map(({ position, width = 0 }) => position.x + width), 0) + margin
  const bottom = Math.max(...nodes.map(({ position, height = 0 }) => position.y + height), 0) + margin
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const lines = edges.map((edge) => line(edge, byId.get(edge.source), byId.get(edge.target), colours))
  const boxes = nodes.map((node) => box(node, colours))
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${top} ${right - left} ${bottom - top}" width="${right - left}" height="${bottom - top}" font-family="Inter, system-ui, sans-serif" font-size="11">
<title>${escape(title)}</title>
<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" fill="${colours('--bg')}"/>
${lines.join('\n')}
${boxes.join('\n')}
</svg>
`
}

const tone = { ok: '--ok', wait: '--wait', bad: '--bad', off: '--line-strong' } as const

function line(edge: Edge, from: Node | undefined, to: Node | undefined, colours: Colours): string {
  if (from === undefined || to === undefined) return ''
  const { figures, at } = edge.data as { figures: EdgeFigures; at: number }
  const [x1, y1] = [from.position.x + (from.width ?? 0), from.position.y + (from.height ?? 0) / 2]
  const [x2, y2] = [to.position.x, to.position.y + (to.height ?? 0) / 2]
  const bend = Math.max(24, Math.abs(x2 - x1) / 2)
  const s = 1 - at
  const x = s ** 3 * x1 + 3 * s * s * at * (x1 + bend) + 3 * s * at * at * (x2 - bend) + at ** 3 * x2
  const y = (s ** 3 + 3 * s * s * at) * y1 + (3 * s * at * at + at ** 3) * y2
  const words = [figures.rate, figures.delay].filter(Boolean).join(' · ')
  return `<path d="M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}" fill="none" stroke="${colours(tone[figures.tone])}" stroke-width="${figures.width}"${figures.still ? ' stroke-dasharray="4 5"' : ''}/>
<text x="${x}" y="${y - 6}" text-anchor="middle" fill="${colours('--ink-2')}">${escape(words)}</text>`
}

function box({ position: { x, y }, width = 0, height = 0, data }: Node, colours: Colours): string {
  const { figures } = data as { figures: NodeFigures }
  const edge = figures.alarm === 'dead' ? '--bad' : figures.alarm === 'slow' ? '--wait' : '--line-strong'
  const lines = [
    [figures.done, figures.doneWord, figures.held].filter(Boolean).join(' '),
    [figures.rate, figures.fact].filter(Boolean).join(' · '),
  ]
  return `<g><rect x="${x}" y="${y}" width="${width}" height="${height}" rx="10" fill="${colours('--raised')}" stroke="${colours(edge)}" stroke-width="${figures.alarm === '' ? 1 : 2}"/>
<text x="${x + 12}" y="${y + 20}" font-size="12" font-weight="600" fill="${colours('--ink')}">${escape(figures.title)}</text>
<text x="${x + width - 12}" y="${y + 20}" text-anchor="end" fill="${colours(tone[figures.tone] === '--line-strong' ? '--ink-3' : tone[figures.tone])}">${escape(figures.word)}</text>
${lines.map((text, i) => `<text x="${x + 12}" y="${y + 42 + i * 18}" fill="${colours('--ink-2')}">${escape(text)}</text>`).join('\n')}</g>`
}

const escape = (text: string): string =>
  visibleLine(text).replace(
    /[&<>"]/g,
    (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] ?? sign,
  )
