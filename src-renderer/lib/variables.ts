/** `{{name}}`: a letter or underscore, then letters, digits, `_`, `.` and `-`; blanks within the braces do not count. */
const variable = /\{\{\s*([\p{L}_][\p{L}\p{N}_.-]*)\s*\}\}/gu

/** The variables of a message's frames, in the order in which they first appear. */
export function variablesOf(frames: readonly string[]): string[] {
  return [...new Set(frames.flatMap((frame) => Array.from(frame.matchAll(variable), ([, name]) => name ?? '')))]
}

/** The frames with each variable's value in its place, as given: within JSON a text brings its own quotes. Those without a value stay. */
export function fillVariables(frames: readonly string[], values: Readonly<Record<string, string>>): string[] {
  return frames.map((frame) =>
    frame.replace(variable, (whole, name: string) => (Object.hasOwn(values, name) ? (values[name] ?? '') : whole)),
  )
}
