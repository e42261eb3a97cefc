export interface Area {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** Pixels between a control and the card that tells of it, and between the card and the window's edge. */
const GAP = 10
const EDGE = 8

/** Where a card stands so that it covers nothing of the control that it tells of: below, beside or above it, wherever there is room; else in the window's corner. */
export function besides(
  target: Area | undefined,
  card: { readonly width: number; readonly height: number },
  view: { readonly width: number; readonly height: number },
): { left: number; top: number } {
  const inside = (value: number, size: number, room: number) => Math.max(EDGE, Math.min(value, room - size - EDGE))
  const corner = { left: EDGE, top: Math.max(EDGE, view.height - card.height - EDGE) }
  if (target === undefined) return corner
  const { left, top, width, height } = target
  const across = inside(left, card.width, view.width)
  const along = inside(top, card.height, view.height)
  const ways = [
    { left: across, top: top + height + GAP },
    { left: left + width + GAP, top: along },
    { left: across, top: top - GAP - card.height },
    { left: left - GAP - card.width, top: along },
  ]
  const fits = (at: { left: number; top: number }) =>
    at.left >= EDGE &&
    at.top >= EDGE &&
    at.left + card.width <= view.width - EDGE &&
    at.top + card.height <= view.height - EDGE
  return ways.find(fits) ?? corner
}
