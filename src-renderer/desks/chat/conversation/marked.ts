export interface Piece {
  readonly text: string
  readonly hit: boolean
}

/** Text in pieces, those that say `needle` (whatever the case of letters) marked as hits. */
export function marked(text: string, needle: string): Piece[] {
  const pieces: Piece[] = []
  const low = text.toLowerCase()
  const wanted = needle.toLowerCase()
  // A few letters change their length with their case; then the places would be wrong, and none is shown.
  if (wanted === '' || low.length !== text.length) return [{ text, hit: false }]
  let from = 0
  for (let at = low.indexOf(wanted); at >= 0; at = low.indexOf(wanted, from)) {
    if (at > from) pieces.push({ text: text.slice(from, at), hit: false })
    pieces.push({ text: text.slice(at, at + wanted.length), hit: true })
    from = at + wanted.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hit: false })
  return pieces
}
