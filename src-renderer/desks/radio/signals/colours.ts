const colours = ['--accent', '--wait', '--ok', '--bad', '--out'] as const

/** The colour of the nth line, as a name of the theme's. */
export const colourOf = (index: number): string => colours[index % colours.length] ?? colours[0]
