import { Fault, type Lines, type SayingLines } from '../../contract/index.js'
import { encode } from '../../payload/index.js'
import { decodeText } from '../../payload/text.js'
import { now } from '../clock.js'
import { toFault } from '../errors.js'
import type { GeneratorHooks } from './generator.js'
import { LineSplitter, MAX_LINE, type FileLine } from './line-splitter.js'
import { lineTime } from './line-time.js'

/** Milliseconds from one tick to the next at high rates, and that one tick may take. */
const TICK = 1
const BUDGET = 4
/** Milliseconds that it may be late and catch up; beyond, everything that follows comes later: no line is left out. */
const CATCH_UP = 250
/** Lines between two looks at the clock. */
const STRIDE = 16
/** Messages in our own queue beyond which none is added. */
const QUEUED = 10_000
/** Milliseconds between two tellings of how far it is. */
const TELL = 250
/** Bytes of the file in memory below which more are asked for. */
const LOW = 1024 * 1024

const noBytes = new Uint8Array()

/** Says a file line by line at its pace, while the file is handed over. It holds a megabyte or two of it, however large it is. */
export class LineFeed {
  readonly #lines: Lines
  readonly #hooks: GeneratorHooks
  readonly #splitter = new LineSplitter()
  readonly #topic: Uint8Array | undefined
  readonly #time: ((line: Uint8Array) => number) | undefined
  readonly #since = now()
  #timer: NodeJS.Timeout | undefined
  #state: SayingLines['state'] = 'short'
  /** The line whose turn it is, as it is to be sent. */
  #line: (FileLine & { readonly payload: Uint8Array; readonly time: number }) | undefined
  /** When the next line is due, a time of `performance.now()`; in time's own pace, what is added to a line's time for that. */
  #due = 0
  #offset = NaN
  #heldAt = 0
  #done = 0
  #sent = 0
  #bad = 0
  #firstBad: SayingLines['firstBad']
  #fault: Fault | undefined
  #told = 0
  #hungry: ((wanted: boolean) => void)[] = []

  /** Throws Fault BAD_PATH. */
  constructor(lines: Lines, hooks: GeneratorHooks) {
    this.#lines = lines
    this.#hooks = hooks
    this.#topic = lines.topic === '' ? undefined : Buffer.from(lines.topic)
    this.#time = lines.pace.kind === 'time' ? lineTime(lines.pace) : undefined
    this.#due = performance.now()
    hooks.changed()
  }

  get #over(): boolean {
    return this.#state === 'ended' || this.#state === 'stopped'
  }

  info(): SayingLines {
    const wait = this.#line === undefined || this.#state !== 'running' ? 0 : this.#dueOf(this.#line) - performance.now()
    return {
      name: this.#lines.name,
      size: this.#lines.size,
      done: this.#done,
      sent: this.#sent,
      bad: this.#bad,
      ...(this.#firstBad === undefined ? {} : { firstBad: this.#firstBad }),
      state: this.#state,
      next: wait > TELL ? now() + wait : 0,
      since: this.#since,
      ...(this.#fault === undefined ? {} : { fault: this.#fault.shape() }),
    }
  }

  /** Takes the file's next bytes. Resolves when more are wanted, with whether they are: false when it has ended. */
  feed(bytes: Uint8Array, end: boolean): Promise<boolean> {
    if (this.#over || this.#splitter.ended) return Promise.resolve(false)
    this.#splitter.push(bytes)
    if (end) this.#splitter.end()
    this.#wake()
    if (end) return Promise.resolve(false)
    if (this.#splitter.buffered < LOW) return Promise.resolve(true)
    return new Promise((resolve) => this.#hungry.push(resolve))
  }

  /** Whoever handed the file over is gone: what is here is said, and then it stops. */
  abandon(): void {
    if (this.#over || this.#splitter.ended) return
    this.#splitter.end(false)
    this.#fault = new Fault(
      'FEED_GONE',
      `The window that read ${this.#lines.name} was closed or reloaded before the file's end. Pick the file again.`,
      { name: this.#lines.name },
    )
    this.#wake()
  }

  hold(hold: boolean): void {
    if (this.#over || hold === (this.#state === 'held')) return
    if (hold) {
      clearTimeout(this.#timer)
      this.#heldAt = performance.now()
      this.#state = 'held'
      this.#hooks.changed()
      return
    }
    const rested = performance.now() - this.#heldAt
    this.#due += rested
    this.#offset += rested
    this.#state = 'short'
    this.#wake()
  }

  stop(): void {
    this.#finish('stopped')
  }

  #finish(state: 'ended' | 'stopped'): void {
    if (this.#over) return
    this.#state = state
    clearTimeout(this.#timer)
    for (const resolve of this.#hungry.splice(0)) resolve(false)
    this.#hooks.changed()
  }

  #wake(): void {
    if (this.#state !== 'short') return
    this.#state = 'running'
    this.#hooks.changed()
    this.#timer = setTimeout(() => this.#tick(), 0)
  }

  #tick(): void {
    const end = performance.now() + BUDGET
    let room = QUEUED - this.#hooks.queued()
    let next = 0
    for (let i = 0; !this.#over; i++) {
      if (i % STRIDE === STRIDE - 1 && performance.now() > end) break
      const line = this.#take()
      if (line === undefined) {
        if (!this.#splitter.ended || this.#splitter.buffered > 0) {
          this.#state = 'short'
          this.#hooks.changed()
        } else this.#finish(this.#fault === undefined ? 'ended' : 'stopped')
        break
      }
      if (line === 'left out') continue
      const wait = this.#wait(line)
      if (wait > 0) {
        next = wait
        break
      }
      if (room-- <= 0) break
      this.#say(line)
    }
    if (this.#splitter.buffered < LOW) for (const resolve of this.#hungry.splice(0)) resolve(!this.#splitter.ended)
    if (this.#state !== 'running') return
    const at = performance.now()
    if (at - this.#told > TELL) {
      this.#told = at
      this.#hooks.changed()
    }
    this.#timer = setTimeout(() => this.#tick(), Math.max(TICK, Math.min(next, 1000)))
  }

  /** The line whose turn it is. */
  #take(): (FileLine & { payload: Uint8Array; time: number }) | 'left out' | undefined {
    if (this.#line !== undefined) return this.#line
    const line = this.#splitter.next()
    if (line === undefined) return undefined
    if (line.number === 1 && this.#lines.head) {
      this.#done = line.end
      return 'left out'
    }
    try {
      if (line.bytes === undefined) throw tooLong()
      const time = this.#time?.(line.bytes) ?? 0
      if (Number.isNaN(time)) throw this.#noTime()
      return (this.#line = { ...line, payload: this.#payload(line.bytes), time })
    } catch (error) {
      this.#done = line.end
      this.#leaveOut(line.number, toFault(error))
      return 'left out'
    }
  }

  #payload(bytes: Uint8Array): Uint8Array {
    const { format } = this.#lines
    if (format === 'text') return bytes
    const text = decodeText(bytes)
    if (text === undefined) throw new Fault('BAD_PAYLOAD', 'Its bytes are not UTF-8.', { format, position: 0 })
    return text === '' ? noBytes : encode(text, format)
  }

  #dueOf({ time }: { time: number }): number {
    return this.#lines.pace.kind === 'rate' ? this.#due : time / this.#lines.pace.speed + this.#offset
  }

  /** Milliseconds until its turn has come. What is late by more than may be caught up on moves all that follows. */
  #wait(line: { time: number }): number {
    const at = performance.now()
    const { pace } = this.#lines
    if (pace.kind === 'rate') this.#due = Math.max(this.#due, at - CATCH_UP)
    else if (!(at - this.#dueOf(line) <= CATCH_UP)) this.#offset = at - line.time / pace.speed
    return this.#dueOf(line) - at
  }

  #say({ payload, number, end }: FileLine & { payload: Uint8Array }): void {
    this.#line = undefined
    this.#done = end
    this.#sent++
    if (this.#lines.pace.kind === 'rate') this.#due += 1000 / this.#lines.pace.rate
    this.#hooks.send(this.#topic === undefined ? [payload] : [this.#topic, payload]).catch((error: unknown) => {
      this.#sent--
      const fault = toFault(error)
      if (fault.code !== 'NOT_OPEN') return this.#leaveOut(number, fault)
      this.#fault = fault
      this.stop()
    })
  }

  #leaveOut(line: number, fault: Fault): void {
    this.#bad++
    this.#firstBad ??= { line, fault: fault.shape() }
  }

  #noTime(): Fault {
    const { pace } = this.#lines
    const column = pace.kind === 'time' ? pace.column : ''
    const where = typeof column === 'number' ? `column ${column}` : column === '' ? 'the value' : column
    return new Fault('NO_TIME', `There is no time in ${where}.`, { where: String(column) })
  }
}

function tooLong(): Fault {
  const limit = MAX_LINE / 1024 / 1024
  return new Fault('LINE_TOO_LONG', `It is longer than ${limit} MiB: is this a file of lines?`, { limit })
}
