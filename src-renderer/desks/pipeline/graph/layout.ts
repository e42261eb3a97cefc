/** Where something is on its way, from left to right: nodes of one stage stand in one column. */
export type Column = number

/** A node as the layout sees it: which column, and how large. Pixels at zoom 1. */
export interface Box {
  readonly id: string
  readonly column: Column
  readonly width: number
  readonly height: number
}
export interface Place {
  readonly x: number
  readonly y: number
}

/** Between columns there is room for what stands on an edge; between rows for nothing but air. */
export const COLUMN_GAP = 104
export const ROW_GAP = 18

/** Everything anew: columns from left to right, each centred on the line through the middle. @param gap between columns */
export function arrange(boxes: readonly Box[], gap = COLUMN_GAP): Map<string, Place> {
  const places = new Map<string, Place>()
  let x = 0
  const columns = [...new Set(boxes.map(({ column }) => column))].sort((a, b) => a - b)
  for (const column of columns) {
    const members = boxes.filter((box) => box.column === column)
    const width = Math.max(...members.map((box) => box.width))
    let y = -(sum(members.map(({ height }) => height)) + ROW_GAP * (members.length - 1)) / 2
    for (const box of members) {
      places.set(box.id, { x: x + (width - box.width) / 2, y: Math.round(y) })
      y += box.height + ROW_GAP
    }
    x += width + gap
  }
  return places
}

/**
 * Places for those that have none; whoever has a place keeps it. A newcomer stands below the last of its column, where nothing is; in a
 * column of its own it stands where `arrange` would put it.
 */
export function settle(boxes: readonly Box[], known: ReadonlyMap<string, Place>): Map<string, Place> {
  const fresh = arrange(boxes)
  const placed = boxes.filter(({ id }) => known.has(id))
  if (placed.length === 0) return fresh
  const places = new Map<string, Place>()
  for (const { id } of placed) places.set(id, known.get(id)!)
  for (const box of boxes) {
    if (places.has(box.id)) continue
    const neighbours = boxes.filter(({ id, column }) => column === box.column && places.has(id))
    places.set(
      box.id,
      free(
        box,
        neighbours.length === 0 ? shifted(box, boxes, fresh, places) : below(box, neighbours, places),
        boxes,
        places,
      ),
    )
  }
  return places
}

function below(box: Box, neighbours: readonly Box[], places: ReadonlyMap<string, Place>): Place {
  const last = neighbours.reduce((lowest, each) => (places.get(each.id)!.y > places.get(lowest.id)!.y ? each : lowest))
  const at = places.get(last.id)!
  return { x: at.x + (last.width - box.width) / 2, y: at.y + last.height + ROW_GAP }
}

/** The first of a column: beside the columns that are there. */
function shifted(
  box: Box,
  boxes: readonly Box[],
  fresh: ReadonlyMap<string, Place>,
  places: ReadonlyMap<string, Place>,
): Place {
  const anchor = boxes.find(({ id }) => places.has(id))!
  const [is, was] = [places.get(anchor.id)!, fresh.get(anchor.id)!]
  const own = fresh.get(box.id)!
  return { x: own.x + is.x - was.x, y: own.y + is.y - was.y }
}

/** Down from there until it touches nobody: others may have been dragged into the way. */
function free(box: Box, from: Place, boxes: readonly Box[], places: ReadonlyMap<string, Place>): Place {
  let { y } = from
  for (let tries = 0; tries <= boxes.length; tries++) {
    const touching = boxes.find((other) => {
      const at = places.get(other.id)
      return (
        at !== undefined &&
        other.id !== box.id &&
        from.x < at.x + other.width &&
        at.x < from.x + box.width &&
        y < at.y + other.height &&
        at.y < y + box.height
      )
    })
    if (touching === undefined) break
    y = places.get(touching.id)!.y + touching.height + ROW_GAP
  }
  return { x: from.x, y }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
