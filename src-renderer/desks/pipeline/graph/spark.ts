/** An SVG path of rates, oldest first, in a box; the newest at the right edge. Empty where nothing has happened. */
export function sparkPath(points: Float32Array, width: number, height: number): string {
  const most = Math.max(...points)
  if (points.length < 2 || !(most > 0)) return ''
  const step = width / (points.length - 1)
  let path = ''
  points.forEach((value, i) => {
    path += `${i === 0 ? 'M' : 'L'}${(i * step).toFixed(1)} ${(height - (value / most) * height).toFixed(1)}`
  })
  return path
}

/** Histories as `pipeline.graph` gives them, by node. */
export function histories(nodes: readonly string[], bytes: Uint8Array, points: number): Map<string, Float32Array> {
  // A view needs aligned bytes; what comes off the line need not be.
  const all = new Float32Array(bytes.slice().buffer)
  return new Map(nodes.map((node, i) => [node, all.subarray(i * points, (i + 1) * points)]))
}
