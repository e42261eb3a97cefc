import { Fault, type WorkFormat } from '../../contract/index.js'

/** Characters of one task; what is longer is left out, and is no reason to keep all of a file in memory. */
const LONGEST = 16 * 1024 * 1024

/** Turns text that comes in pieces into tasks. What cannot be read is counted, and the first of it told. */
export class Texts {
  unreadable = 0
  fault: Fault | undefined
  readonly #format: WorkFormat
  /** What there is of a task whose end has not come; how far it was looked through, and whether that is within quotes. */
  #rest = ''
  #looked = 0
  #quoted = false
  /** In the middle of one that is too long. */
  #skipping = false
  /** Lines so far, and where the task that is read begins. */
  #lines = 0
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
    for (let end = this.#end(text, this.#looked); end >= 0; end = this.#end(text, from)) {
      yield* this.#task(text, from, end)
      from = end + 1
    }
    this.#rest = text.slice(from)
    this.#looked = this.#rest.length
    // A quote that is never closed must not swallow the rest of the file.
    if (last && this.#quoted) yield* this.#plainly()
    else if (last) yield* this.#task(this.#rest, 0, this.#rest.length)
    else if (this.#rest.length > LONGEST) {
      this.#line = this.#lines + 1
      if (!this.#skipping) this.#bad(`it is longer than ${LONGEST} characters`)
      this.#skipping = true
      this.#rest = ''
      this.#looked = 0
      this.#quoted = false
    }
  }

  /** Where the task ends that has been looked through up to `at`; -1: not in this text. A line end within quotes is part of a record. */
  #end(text: string, at: number): number {
    if (this.#format !== 'csv' || this.#skipping) return text.indexOf('\n', at)
    for (let i = at; i < text.length; i++) {
      const c = text.charCodeAt(i)
      if (c === 0x22) this.#quoted = !this.#quoted
      else if (c === 0x0a && !this.#quoted) return i
    }
    return -1
  }

  *#plainly(): Generator<string> {
    this.#quoted = false
    const lines = this.#rest.split('\n')
    this.#rest = ''
    for (const line of lines) yield* this.#task(line, 0, line.length)
  }

  *#task(all: string, from: number, to: number): Generator<string> {
    this.#line = ++this.#lines
    if (this.#skipping) {
      this.#skipping = false
      return
    }
    const text = all.slice(from, all[to - 1] === '\r' ? to - 1 : to)
    if (this.#format === 'csv') this.#lines += text.split('\n').length - 1
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
