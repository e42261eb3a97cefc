import { Fault, MAX_PIECE, MAX_TASKS, type Work } from '../../contract/index.js'
import { compileTemplate } from '../rules/template.js'
import { sampler } from './cost.js'
import { Texts } from './texts.js'

/** Characters of pieces that wait to be made into tasks, beyond which no more are taken. */
const WAITING = 8 * MAX_PIECE
/** Characters of a text that are looked at in one go. */
const STRETCH = 64 * 1024

/** Where a run's tasks come from, one at a time. */
export interface Source {
  /** The next payload; null: not yet; undefined: there are no more. */
  next(): string | null | undefined
  /** How many there will be, if that is known. */
  readonly of: number | undefined
  /** How much of it is made, 0 to 1, with `made` of them; undefined: not known. */
  progress(made: number): number | undefined
  readonly unreadable: number
  readonly fault: Fault | undefined
  /** Milliseconds from one task to the next; 0: as fast as they are taken. */
  readonly every: number
  /** Takes a piece of a file; resolves when the next is wanted. Throws Fault NOT_FED. */
  feed(text: string, last: boolean): Promise<void>
  /** Told when there is something to come after all. */
  more: () => void
  /** No more is wanted: whoever feeds is let go. */
  end(): void
}

/** Throws Fault BAD_TEMPLATE. */
export function sourceOf(work: Work): Source {
  switch (work.kind) {
    case 'generate':
      return generator(work)
    case 'text': {
      const source = new TextSource(work.format, work.text.length)
      for (let at = 0; at < work.text.length; at += STRETCH) source.put(work.text.slice(at, at + STRETCH))
      source.put('', true)
      return source
    }
    case 'feed':
      return new TextSource(work.format, undefined, work.bytes)
  }
}

function generator({ count, rate, template, cost, size }: Extract<Work, { kind: 'generate' }>): Source {
  const draw = sampler(cost)
  // Its own two names stand for what a template knows under others.
  const fill = compileTemplate(
    template.replace(/\{\{\s*(n|cost)\s*\}\}/g, (_, name) => (name === 'n' ? '{{count}}' : '{{json.cost}}')),
  )
  let n = 0
  return {
    of: count === 0 ? undefined : count,
    every: rate === 0 ? 0 : 1000 / rate,
    unreadable: 0,
    fault: undefined,
    more: () => {},
    next() {
      if (n >= (count === 0 ? MAX_TASKS : count)) return undefined
      n++
      const text = fill({ text: '', json: { cost: Math.round(draw() * 1000) / 1000 }, count: n })
      return size === 0 ? text : text.padEnd(size)
    },
    progress: (made) => (count === 0 ? undefined : made / count),
    feed: () => Promise.reject(notFed()),
    end: () => {},
  }
}

/** Text, all at once or piece by piece. */
class TextSource implements Source {
  readonly every = 0
  more: () => void = () => {}
  #pieces: { text: string; last: boolean }[] = []
  #waiting = 0
  #ended = false
  #read = 0
  #tasks: Generator<string> | undefined
  #room: (() => void)[] = []
  readonly #texts: Texts
  readonly #whole: boolean
  readonly #size: number | undefined

  /** @param characters of a whole text. @param bytes of a file that is fed. */
  constructor(format: ConstructorParameters<typeof Texts>[0], characters?: number, bytes?: number) {
    this.#texts = new Texts(format)
    this.#whole = characters !== undefined
    this.#size = characters ?? bytes
  }

  get unreadable(): number {
    return this.#texts.unreadable
  }

  get fault(): Fault | undefined {
    return this.#texts.fault
  }

  get of(): undefined {
    return undefined
  }

  next(): string | null | undefined {
    for (;;) {
      const task = this.#tasks?.next()
      if (task !== undefined && task.done !== true) return task.value
      const piece = this.#pieces.shift()
      if (piece === undefined) return this.#ended ? undefined : null
      this.#waiting -= piece.text.length
      this.#read += this.#whole ? piece.text.length : Buffer.byteLength(piece.text)
      this.#tasks = this.#texts.read(piece.text, piece.last)
      if (this.#waiting < WAITING) for (const resolve of this.#room.splice(0)) resolve()
    }
  }

  progress(): number | undefined {
    if (this.#ended && this.#pieces.length === 0) return 1
    return this.#size === undefined || this.#size === 0 ? undefined : Math.min(1, this.#read / this.#size)
  }

  put(text: string, last = false): void {
    this.#pieces.push({ text, last })
    this.#waiting += text.length
    if (last) this.#ended = true
    this.more()
  }

  async feed(text: string, last: boolean): Promise<void> {
    if (this.#whole || this.#ended) throw notFed()
    this.put(text, last)
    if (this.#waiting >= WAITING) await new Promise<void>((resolve) => this.#room.push(resolve))
  }

  end(): void {
    this.#ended = true
    this.#pieces = []
    for (const resolve of this.#room.splice(0)) resolve()
  }
}

function notFed(): Fault {
  return new Fault('NOT_FED', 'This run takes no more of a file: its work is made otherwise, or the file has ended.')
}
