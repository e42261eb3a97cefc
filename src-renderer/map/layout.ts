import { arrange, type Box, type Place } from '../desks/pipeline/graph/layout.js'

/** Between columns there is room for the word on an edge. */
const COLUMN_GAP = 78
/** Between groups that have nothing to do with each other. */
const GROUP_GAP = 44

/** Boxes that are connected, directly or by others, in the order in which they come. */
export function groupsOf<B extends { readonly id: string }>(
  boxes: readonly B[],
  edges: readonly { readonly from: string; readonly to: string }[],
): B[][] {
  const leader = new Map(boxes.map(({ id }) => [id, id]))
  const find = (id: string): string => {
    let at = id
    for (let up = leader.get(at); up !== undefined && up !== at; up = leader.get(at)) at = up
    return at
  }
  for (const { from, to } of edges) {
    const [a, b] = [find(from), find(to)]
    if (a !== b && leader.has(a) && leader.has(b)) leader.set(b, a)
  }
  const groups = new Map<string, B[]>()
  for (const box of boxes) {
    const group = groups.get(find(box.id)) ?? []
    group.push(box)
    groups.set(find(box.id), group)
  }
  return [...groups.values()]
}

/** Each group in its columns; the groups in rows, as many beside each other as the widest one has room for. */
export function arrangeMap(
  boxes: readonly Box[],
  edges: readonly { readonly from: string; readonly to: string }[],
): Map<string, Place> {
  const groups = groupsOf(boxes, edges).map((group) => {
    const places = arrange(group, COLUMN_GAP)
    const top = Math.min(...group.map(({ id }) => places.get(id)!.y))
    const right = Math.max(...group.map(({ id, width }) => places.get(id)!.x + width))
    const bottom = Math.max(...group.map(({ id, height }) => places.get(id)!.y + height))
    return { group, places, top, width: right, height: bottom - top }
  })
  const widest = Math.max(0, ...groups.map(({ width }) => width))
  const places = new Map<string, Place>()
  let [x, y, row] = [0, 0, 0]
  for (const each of groups) {
    if (x > 0 && x + each.width > widest) {
      y += row + GROUP_GAP
      ;[x, row] = [0, 0]
    }
    for (const [id, at] of each.places) places.set(id, { x: x + at.x, y: y + at.y - each.top })
    x += each.width + COLUMN_GAP
    row = Math.max(row, each.height)
  }
  return places
}

/** The nearest box in a direction, for the arrow keys; undefined when there is none. */
export function nextBox(
  from: string,
  key: string,
  boxes: readonly (Place & { readonly id: string; readonly width: number; readonly height: number })[],
): string | undefined {
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key]
  const own = boxes.find(({ id }) => id === from)
  if (way === undefined || own === undefined) return undefined
  const [wx = 0, wy = 0] = way
  let best: { id: string; far: number } | undefined
  for (const box of boxes) {
    const dx = box.x + box.width / 2 - own.x - own.width / 2
    const dy = box.y + box.height / 2 - own.y - own.height / 2
    const along = dx * wx + dy * wy
    if (box.id === from || along < 8) continue
    const far = along + 2 * Math.abs(dx * wy + dy * wx)
    if (best === undefined || far < best.far) best = { id: box.id, far }
  }
  return best?.id
}
