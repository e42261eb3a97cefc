import type { Dice } from './dice.js'

/** What came of a flow so far. */
export interface Tally {
  sent: number
  received: number
  /** Missing, and known to be: what the session or the receiver counted, or was told. */
  lost: number
  /** Of those, what no fault of ours accounts for by what ZeroMQ promises; and everything that can never be (a crossed answer, a doubled message). */
  unexplained: string[]
}

/** Traffic of one pattern, with faults of its own. */
export interface Flow {
  readonly name: string
  readonly tally: Tally
  readonly faults: readonly Fault[]
  /** Runs until `stop`. */
  run(): Promise<void>
  stop(): void
  /** After the last fault: waits until all that can still come has come, and judges. */
  settle(): Promise<void>
}

export interface Fault {
  readonly name: string
  inject(dice: Dice): Promise<void>
}

export const emptyTally = (): Tally => ({ sent: 0, received: 0, lost: 0, unexplained: [] })
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
