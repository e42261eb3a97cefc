import type { Bar } from './figures.js'

export interface SuiteOptions {
  /** Interleaved rounds, each of every contender. */
  readonly rounds: number
  /** A Python that has pyzmq, if there is one. */
  readonly python: string | undefined
  /** How long what takes long goes on; left out: as long as its bar says. */
  readonly seconds?: number
}

export interface Report {
  /** For people. */
  readonly text: string
  readonly bars: readonly Bar[]
  /** Every single measurement, for machines. */
  readonly data: unknown
}

export type Suite = (options: SuiteOptions) => Promise<Report>

/** Runs `work` with what `start` made, and ends that whatever happens. */
export async function using<T extends { end(): Promise<void> }, R>(
  started: readonly T[],
  work: () => Promise<R>,
): Promise<R> {
  try {
    return await work()
  } finally {
    await Promise.all(started.map((one) => one.end()))
  }
}
