/**
 * What a peer sends is not ours to trust: it may hold control characters, marks that turn the reading direction round, and
 * characters of no width that make two different texts look alike. All of them are shown as what they are.
 */
const hidden =
  // Controls but tab and line feed; soft hyphen; marks of direction and of no width; line separators; tag characters.
  // eslint-disable-next-line no-control-regex, no-misleading-character-class
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\u{e0000}-\u{e007f}]/gu

/** The joiner that makes one emoji of two is the one of them that a person expects not to see. */
const joined = /(?<=\p{Extended_Pictographic}(?:\ufe0f|\p{Emoji_Modifier})?)\u200d(?=\p{Extended_Pictographic})/gu

/** Text of several lines: tabs and line feeds stay. */
export function visible(text: string): string {
  if (text.search(hidden) < 0) return text
  const kept = new Set<number>()
  for (const { index } of text.matchAll(joined)) kept.add(index)
  return text.replace(hidden, (char, index: number) => (kept.has(index) ? char : picture(char.codePointAt(0) ?? 0)))
}

/** The same for one line: tabs and line feeds get a sign too. */
export function visibleLine(text: string): string {
  return visible(text).replaceAll('\n', '↵').replaceAll('\t', '⇥')
}

/** In letters that every font has: Unicode's own pictures of control characters are boxes in most. */
function picture(code: number): string {
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`
}
