import { Fault, PageView, type PageRow } from '../contract/index.js'
import type { Run } from './run.js'
import { writeLine } from './output.js'

/** Rows taken from memory at once. */
const BATCH = 500

/**
 * Walks through the rows of a session as they are written, oldest first, and waits for more at the end, until the command is to stop.
 * @param lost hears of rows that left memory before they were walked: nothing is lost silently
 */
export async function* rows(run: Run, lost: (count: number) => void): AsyncGenerator<PageRow> {
  const { session } = run
  let next = 1
  let last = session.numbers().last
  let wake: (() => void) | undefined
  const undo = session.onRow((seq) => {
    last = seq
    wake?.()
  })
  try {
    while (!run.stopped) {
      while (next <= last) {
        const page = new PageView(session.page(next, BATCH, Infinity))
        const first = page.rows > 0 ? page.first : last + 1
        if (first > next) lost(first - next)
        next = first
        for (const row of page) {
          next = row.seq + 1
          yield row
        }
      }
      if (next > last) await run.orStopped(new Promise<void>((resolve) => (wake = resolve)))
      wake = undefined
    }
  } finally {
    undo()
  }
}

/** Writes received messages, numbered from 1, as lines. */
export class Printer {
  /** Messages received, those that were lost on the way to standard output among them: they show as a gap in the numbers. */
  count = 0
  #lost = 0
  readonly #run: Run

  constructor(run: Run) {
    this.#run = run
  }

  /** Waits while standard output is slow, and takes nothing more from the network meanwhile where that can wait. */
  async print(message: { time: number; frames: readonly Uint8Array[] }): Promise<void> {
    const { output, options } = this.#run
    const line = writeLine({ seq: ++this.count, time: message.time, direction: 'in', frames: message.frames }, options)
    if (output.line(line)) return
    const release = this.#run.session.hold()
    try {
      await this.#run.orStopped(output.ready())
    } finally {
      release()
    }
  }

  readonly lose = (count: number): void => {
    if (this.#lost === 0) this.#run.say('messages come faster than standard output takes them: some are not written')
    this.count += count
    this.#lost += count
  }

  /** Throws Fault `LOST` when some were not written, unless nobody reads any more. */
  end(): void {
    if (this.#lost > 0 && this.#run.signal.reason !== 'pipe')
      throw new Fault(
        'LOST',
        `${this.#lost} of ${this.count} messages came faster than standard output took them and were not written.`,
        {
          lost: this.#lost,
          received: this.count,
        },
      )
  }
}

export function framesOf(row: PageRow): Uint8Array[] {
  return row.frames.map((frame) => frame.bytes)
}

/** Prints what is received until `count` messages have come, or for ever. Nothing is taken from the network beyond them. */
export async function printReceived(run: Run, count = Infinity): Promise<void> {
  const printer = new Printer(run)
  stopTaking(run, count) // all its rows are received ones
  for await (const row of rows(run, printer.lose)) {
    if (row.direction !== 'in') continue
    await printer.print({ time: row.time, frames: framesOf(row) })
    if (printer.count >= count) break
  }
  printer.end()
}

/** From row `seq` on, the session takes nothing more from the network: what waits at the sender is for others then. */
export function stopTaking({ session }: Run, seq: number): void {
  if (session.numbers().last >= seq) session.hold()
  else
    session.onRow((written) => {
      if (written === seq) session.hold()
    })
}
