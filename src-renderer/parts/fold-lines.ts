/**
 * Where each line of `text` begins when lines longer than `columns` are folded: indices into the text. One pass over the characters,
 * no piece of text made; a surrogate pair stays together, and East Asian characters count for two columns.
 */
export function foldLines(text: string, columns: number): Uint32Array {
  let starts = new Uint32Array(1024)
  let lines = 1
  let width = 0
  const begin = (at: number): void => {
    if (lines === starts.length) {
      const larger = new Uint32Array(starts.length * 2)
      larger.set(starts)
      starts = larger
    }
    starts[lines++] = at
    width = 0
  }
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x0a) {
      if (at + 1 < text.length) begin(at + 1)
      continue
    }
    const wide = columnsOf(code)
    if (width + wide > columns && width > 0 && (code & 0xfc00) !== 0xdc00) begin(at)
    width += wide
  }
  return starts.subarray(0, lines)
}

/** Columns that a UTF-16 unit takes; what is made visible as `⟨U+202E⟩` takes its eight. */
function columnsOf(code: number): number {
  if (code < 0x20) return 8
  if (code < 0x7f) return 1
  if (code < 0xa0) return 8
  if (code < 0x1100) return 1
  if (code >= 0x2000 && code < 0x2e80)
    return (code >= 0x200b && code <= 0x200f) ||
      (code >= 0x2028 && code <= 0x202e) ||
      (code >= 0x2060 && code <= 0x206f)
      ? 8
      : 1
  // Each half of a pair counts one: together two, which is what emoji take.
  if (code >= 0xd800 && code <= 0xdfff) return 1
  return 2
}
