import { badPayload, quoteCharacter } from './bad-payload.js'

/**
 * JSON as text, token by token. `JSON.parse` and `JSON.stringify` would change what a person sees and sends (12345678901234567890
 * becomes …8000, double keys vanish, 1.0 becomes 1), their errors read differently in each browser, and deep nesting
 * overflows the stack. Here nothing but blanks between tokens is ever touched.
 */
type Token = (start: number, end: number, depth: number) => void

/** Deeper levels are no further indented: a hostile frame of brackets would otherwise grow quadratically. */
const MAX_INDENT = 100

/** Tokens between two yields: about a millisecond. */
const STRETCH = 5000

/** Throws BAD_PAYLOAD, with the position, unless `text` is one JSON value. */
export function checkJson(text: string): void {
  walk(text, () => undefined)
}

export function isJson(text: string): boolean {
  try {
    checkJson(text)
    return true
  } catch {
    return false
  }
}

/** The same JSON without blanks between tokens: one line. Throws BAD_PAYLOAD. */
export function compactJson(text: string): string {
  const parts: string[] = []
  walk(text, (start, end) => parts.push(text.slice(start, end)))
  return parts.join('')
}

/** The same JSON over several lines, two blanks a level. Throws BAD_PAYLOAD. */
export function prettyJson(text: string): string {
  const parts: string[] = []
  let opened = false
  walk(text, (start, end, depth) => {
    const token = text[start]!
    const line = `\n${'  '.repeat(Math.min(depth, MAX_INDENT))}`
    const closes = token === '}' || token === ']'
    if (opened ? !closes : closes) parts.push(line)
    opened = token === '{' || token === '['
    parts.push(text.slice(start, end))
    if (token === ',') parts.push(line)
    else if (token === ':') parts.push(' ')
  })
  return parts.join('')
}

/** What may come next, and how a sentence calls it. */
const wanted = {
  value: 'a value',
  valueOrEnd: 'a value or "]"',
  key: 'a name in double quotes',
  keyOrEnd: 'a name in double quotes or "}"',
  colon: '":"',
  commaOrEnd: '"," or a closing bracket',
  nothing: 'nothing more',
}
type Next = keyof typeof wanted

const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const literal = /true|false|null/y

function walk(text: string, token: Token): void {
  const steps = walkJson(text, token)
  while (steps.next().done !== true);
}

/**
 * Calls `token` for each token in order; `depth` is the level that the token stands on. No recursion. It stops for breath now and
 * then, so that a page can read a large text in slices. Throws BAD_PAYLOAD.
 */
export function* walkJson(text: string, token: Token): Generator<void, void, void> {
  /** Open brackets, outermost first: true for an object. */
  const open: boolean[] = []
  let next: Next = 'value'
  let at = 0
  const fail = (position: number, expected = wanted[next]): never => {
    throw badPayload('json', position, sentence(text, position, expected))
  }
  for (let tokens = 1; ; tokens++) {
    if (tokens % STRETCH === 0) yield
    at = skipBlanks(text, at)
    const start = at
    const char = text[at]
    if (char === undefined) {
      if (next !== 'nothing') fail(at)
      return
    }
    const key: boolean = next === 'key' || next === 'keyOrEnd'
    if (next === 'nothing') fail(at)
    else if (next === 'colon') {
      if (char !== ':') fail(at)
      token(at, ++at, open.length)
      next = 'value'
    } else if (char === '}' || char === ']') {
      const inObject = open.at(-1)
      const may = next === 'commaOrEnd' || (inObject === true ? next === 'keyOrEnd' : next === 'valueOrEnd')
      if (!may || inObject !== (char === '}'))
        fail(at, next === 'commaOrEnd' ? `"," or "${inObject === true ? '}' : ']'}"` : wanted[next])
      open.pop()
      token(at, ++at, open.length)
      next = open.length === 0 ? 'nothing' : 'commaOrEnd'
    } else if (next === 'commaOrEnd') {
      if (char !== ',') fail(at, `"," or "${open.at(-1) === true ? '}' : ']'}"`)
      token(at, ++at, open.length)
      next = open.at(-1) === true ? 'key' : 'value'
    } else if (char === '"') {
      at = endOfString(text, at, fail)
      token(start, at, open.length)
      next = key ? 'colon' : open.length === 0 ? 'nothing' : 'commaOrEnd'
    } else if (key) fail(at)
    else if (char === '{' || char === '[') {
      token(at, ++at, open.length)
      open.push(char === '{')
      next = char === '{' ? 'keyOrEnd' : 'valueOrEnd'
    } else {
      const scalar = char === '-' || (char >= '0' && char <= '9') ? number : literal
      scalar.lastIndex = at
      if (!scalar.test(text)) fail(at, char === '-' ? 'a number' : wanted[next])
      at = scalar.lastIndex
      token(start, at, open.length)
      next = open.length === 0 ? 'nothing' : 'commaOrEnd'
    }
  }
}

function skipBlanks(text: string, from: number): number {
  let at = from
  for (;;) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return at
    at++
  }
}

/** Index after the closing quote of the string that opens at `from`. */
function endOfString(text: string, from: number, fail: (position: number, expected: string) => never): number {
  for (let at = from + 1; ; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at + 1
    if (Number.isNaN(code)) fail(at, 'the closing quote of the string')
    if (code < 0x20) fail(at, 'an escape such as \\n for this control character')
    if (code !== 0x5c) continue
    at++
    const escape = text[at] ?? ''
    if (escape === 'u') {
      if (!/^[0-9a-fA-F]{4}$/.test(text.slice(at + 1, at + 5))) fail(at + 1, 'four hex digits after \\u')
      at += 4
    } else if (escape === '' || !'"\\/bfnrt'.includes(escape)) fail(at, 'one of " \\ / b f n r t u after the backslash')
  }
}

function sentence(text: string, position: number, expected: string): string {
  let line = 1
  let begin = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < position; at = text.indexOf('\n', at + 1)) {
    line++
    begin = at + 1
  }
  const where = line === 1 ? `character ${position + 1}` : `line ${line}, column ${position - begin + 1}`
  return `This is not JSON: at ${where} there is ${quoteCharacter(text, position)} where ${expected} should be.`
}
