/** A part of a regular expression over ASCII: `of` has a 1 for each character that it takes. */
export type Node =
  | { readonly kind: 'one'; readonly of: Uint8Array }
  | { readonly kind: 'begin' | 'end' }
  /** One after the other; one of them. */
  | { readonly kind: 'all' | 'any'; readonly parts: readonly Node[] }
  | { readonly kind: 'many'; readonly part: Node; readonly least: number; readonly most: number }

const ASCII = 128
const set = (test: (character: string) => boolean): Uint8Array =>
  Uint8Array.from({ length: ASCII }, (_, code) => (test(String.fromCharCode(code)) ? 1 : 0))
const not = (of: Uint8Array): Uint8Array => of.map((each) => 1 - each)

/** As RE2 has them. */
const digit = set((c) => c >= '0' && c <= '9')
const word = set((c) => /[0-9A-Za-z_]/.test(c))
const space = set((c) => '\t\n\f\r '.includes(c))
const named: Readonly<Record<string, Uint8Array>> = {
  d: digit,
  D: not(digit),
  w: word,
  W: not(word),
  s: space,
  S: not(space),
}
const controls: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', f: '\f' }
const anything = set((c) => c !== '\n')

/** A part that is not read here. */
class Unread extends Error {}

/**
 * The parts of a pattern that RE2 takes, so far as they are plain: characters, classes, groups, alternatives, repetitions, `^` and `$`, and `(?i)` in front.
 * Undefined where there is anything else: it is for RE2.
 */
export function parsePattern(pattern: string): Node | undefined {
  const fold = pattern.startsWith('(?i)')
  const parser = new Parser(fold ? pattern.slice(4) : pattern, fold)
  try {
    return parser.whole()
  } catch (error) {
    if (error instanceof Unread) return undefined
    throw error
  }
}

class Parser {
  readonly #text: string
  readonly #fold: boolean
  #at = 0

  constructor(text: string, fold: boolean) {
    this.#text = text
    this.#fold = fold
  }

  whole(): Node {
    const node = this.#alternatives()
    if (this.#at < this.#text.length) throw new Unread()
    return node
  }

  #alternatives(): Node {
    const parts = [this.#sequence()]
    while (this.#take('|')) parts.push(this.#sequence())
    return { kind: 'any', parts }
  }

  #sequence(): Node {
    const parts: Node[] = []
    while (this.#at < this.#text.length && this.#peek() !== '|' && this.#peek() !== ')') parts.push(this.#repeated())
    return { kind: 'all', parts }
  }

  #repeated(): Node {
    const part = this.#atom()
    const times = this.#times()
    if (times === undefined) return part
    // Whether it is lazy makes no difference to whether it is found.
    this.#take('?')
    if (this.#times() !== undefined) throw new Unread()
    return { kind: 'many', part, ...times }
  }

  #times(): { least: number; most: number } | undefined {
    if (this.#take('*')) return { least: 0, most: Infinity }
    if (this.#take('+')) return { least: 1, most: Infinity }
    if (this.#take('?')) return { least: 0, most: 1 }
    const found = /^\{(\d+)(,(\d*))?\}/.exec(this.#text.slice(this.#at, this.#at + 20))
    if (found === null) return undefined
    this.#at += found[0].length
    const least = Number(found[1])
    return { least, most: found[2] === undefined ? least : found[3] === '' ? Infinity : Number(found[3]) }
  }

  #atom(): Node {
    const character = this.#next()
    switch (character) {
      case '(': {
        if (this.#take('?') && !this.#take(':')) throw new Unread()
        const inner = this.#alternatives()
        if (!this.#take(')')) throw new Unread()
        return inner
      }
      case '[':
        return { kind: 'one', of: this.#class() }
      case '.':
        return { kind: 'one', of: anything }
      case '^':
        return { kind: 'begin' }
      case '$':
        return { kind: 'end' }
      case '\\':
        return { kind: 'one', of: this.#escaped() }
      case '*':
      case '+':
      case '?':
        throw new Unread()
      default:
        return { kind: 'one', of: this.#just(character) }
    }
  }

  #class(): Uint8Array {
    const negated = this.#take('^')
    const of = new Uint8Array(ASCII)
    for (let first = true; first || this.#peek() !== ']'; first = false) {
      const character = this.#next()
      if (character === '[' && this.#peek() === ':') throw new Unread()
      if (character === '\\') {
        this.#escaped().forEach((each, code) => (of[code]! |= each))
        // A range from or to an escape is rare enough.
        if (this.#peek() === '-' && this.#text[this.#at + 1] !== ']') throw new Unread()
        continue
      }
      let last = character
      if (this.#peek() === '-' && this.#text[this.#at + 1] !== ']') {
        this.#at++
        last = this.#next()
        if (last === '\\' || last === '[') throw new Unread()
      }
      if (character >= '\u0080' || last >= '\u0080') throw new Unread()
      for (let code = character.charCodeAt(0); code <= last.charCodeAt(0); code++) of[code] = 1
    }
    this.#at++
    const folded = this.#fold ? bothCases(of) : of
    return negated ? not(folded) : folded
  }

  #escaped(): Uint8Array {
    const character = this.#next()
    const known = named[character]
    if (known !== undefined) return known
    const control = controls[character]
    if (control !== undefined) return this.#just(control)
    if (!/[!-/:-@[-`{-~]/.test(character)) throw new Unread()
    return this.#just(character)
  }

  /** A character beyond ASCII is none of those that stand here; but with both cases, some are also ones of ASCII. */
  #just(character: string): Uint8Array {
    if (character >= '\u0080' && this.#fold) throw new Unread()
    const of = set((each) => each === character)
    return this.#fold ? bothCases(of) : of
  }

  #peek(): string {
    return this.#text[this.#at] ?? ''
  }
  #next(): string {
    const character = this.#text[this.#at++]
    if (character === undefined) throw new Unread()
    return character
  }
  #take(character: string): boolean {
    if (this.#peek() !== character) return false
    this.#at++
    return true
  }
}

function bothCases(of: Uint8Array): Uint8Array {
  return set((c) => of[c.toLowerCase().charCodeAt(0)] === 1 || of[c.toUpperCase().charCodeAt(0)] === 1)
}
