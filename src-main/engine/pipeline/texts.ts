import { Fault, type WorkFormat } from '../../contract/index.js'

/** Turns text that comes in pieces into tasks. What cannot be read is counted, and the first of it told. */
export class Texts {
  unreadable = 0
  fault: Fault | undefined
  readonly #format: WorkFormat
  #rest = ''
  #line = 0
  /** CSV: names of the fields. */
  #names: string[] | undefined

  constructor(format: WorkFormat) {
    this.#format = format
  }

  /** Tasks in the next piece, in order. @param last there is no more: what is left is a line */
  *read(piece: string, last: boolean): Generator<string> {
    const text = this.#rest + piece
    let from = 0
    for (;;) {
      const end = this.#format === 'csv' ? recordEnd(text, from, last) : text.indexOf('\n', from)
      if (end < 0) break
      yield* this.#task(text.slice(from, end))
      from = end + 1
    }
    this.#rest = text.slice(from)
    if (!last) return
    yield* this.#task(this.#rest)
    this.#rest = ''
  }

  *#task(line: string): Generator<string> {
    this.#line++
    const text = line.endsWith('\r') ? line.slice(0, -1) : line
    const clean = this.#line === 1 && text.startsWith('\ufeff') ? text.slice(1) : text
    if (clean.trim() === '') return
    switch (this.#format) {
      case 'lines':
        yield clean
        return
      case 'jsonl':
        try {
          JSON.parse(clean)
          yield clean
        } catch (error) {
          this.#bad(`it is no JSON (${(error as Error).message})`)
        }
        return
      case 'csv':
        yield* this.#record(clean)
    }
  }

  *#record(text: string): Generator<string> {
    const fields = splitRecord(text)
    if (this.#names === undefined) {
      this.#names = fields
      return
    }
    if (fields.length !== this.#names.length)
      return this.#bad(`it has ${fields.length} fields, and the first record names ${this.#names.length}`)
    yield JSON.stringify(Object.fromEntries(fields.map((field, i) => [this.#names?.[i] ?? '', valueOf(field)])))
  }

  #bad(why: string): void {
    this.unreadable++
    this.fault ??= new Fault('BAD_LINE', `Line ${this.#line} is no task: ${why}. It was left out.`, {
      line: this.#line,
      why,
    })
  }
}

/** Where a record that begins at `from` ends: at the first line end that is not within quotes; -1: not yet. */
function recordEnd(text: string, from: number, last: boolean): number {
  let quoted = false
  for (let i = from; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) quoted = !quoted
    else if (c === 0x0a && !quoted) return i
  }
  // A quote that is never closed must not swallow the rest of the file.
  return last && quoted ? text.indexOf('\n', from) : -1
}

function splitRecord(text: string): string[] {
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]!
    if (quoted) {
      if (c !== '"') field += c
      else if (text[i + 1] === '"') field += text[++i]!
      else quoted = false
    } else if (c === '"' && field === '') quoted = true
    else if (c === ',') {
      fields.push(field)
      field = ''
    } else field += c
  }
  return [...fields, field]
}

/** A number where the text is one and reads the same again. */
function valueOf(field: string): string | number {
  const trimmed = field.trim()
  const number = Number(trimmed)
  return trimmed !== '' && String(number) === trimmed && Number.isFinite(number) ? number : field
}
