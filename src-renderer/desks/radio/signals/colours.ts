const colours = ['--accent', '--wait', '--ok', '--bad', '--out'] as const

/** The colour of the nth line of a plot, as a name of the theme's. */
export const colourOf = (index: number): string => colours[index % colours.length] ?? colours[0]

/** Strokes and gaps of the nth line, pixels: when the colours begin anew, lines differ by these. */
const dashes: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [10, 3, 2, 3]]
export const dashOf = (index: number): readonly number[] =>
  dashes[Math.min(Math.floor(index / colours.length), dashes.length - 1)] ?? []
