/** The middle one, or the mean of the middle two. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Pairwise, so that what slows the machine for a while slows both. */
export function ratios(ours: readonly number[], theirs: readonly number[]): number[] {
  return ours.map((value, i) => value / theirs[i]!)
}

/** What a figure is held to. */
export interface Bar {
  readonly what: string
  readonly value: number
  readonly limit: number
  readonly atLeast?: boolean
  readonly unit: string
}

export function met({ value, limit, atLeast = false }: Bar): boolean {
  return atLeast ? value >= limit : value <= limit
}

/** Three significant digits, as a person would write them. */
export function short(value: number): string {
  if (!Number.isFinite(value)) return '–'
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}

/** The median, with the lowest and the highest. */
export function spread(values: readonly number[]): string {
  return `${short(median(values))} (${short(Math.min(...values))}–${short(Math.max(...values))})`
}

/** Rows of cells as aligned columns: the first to the left, the rest to the right. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('   ')
  return rows.map(line).join('\n')
}
