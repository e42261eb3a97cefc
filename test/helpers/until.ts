import { setTimeout as pause } from 'node:timers/promises'

export interface UntilOptions {
  /** Milliseconds. A generous bound on a slow machine, not a duration that anything depends on. */
  deadline?: number
  /** What is awaited, for the failure: "the subscriber to be up". */
  what?: string
}

/** Milliseconds between two looks at a condition. */
const POLL = 5

/**
 * Waits until `condition` gives something truthy, and gives it back. Fails at the deadline, saying what was awaited and what
 * the condition gave or threw last; the error's stack names the caller, because it is made before the waiting begins.
 */
export async function until<T>(
  condition: () => T | Promise<T>,
  { deadline = 30_000, what = 'a condition' }: UntilOptions = {},
): Promise<NonNullable<T>> {
  const late = new Error(`waited ${deadline} ms for ${what}`)
  Error.captureStackTrace(late, until)
  const end = performance.now() + deadline
  let last: string
  do {
    try {
      const value = await within(Promise.resolve(condition()), Math.max(1, end - performance.now()), what)
      if (value) return value
      last = `it last gave ${String(value)}`
    } catch (error) {
      last = `it last threw: ${error instanceof Error ? error.message : String(error)}`
    }
    await pause(POLL)
  } while (performance.now() < end)
  late.message += `; ${last}`
  throw late
}

/** Settles as `promise` does, or fails after `ms` milliseconds, naming what was awaited and who waited. */
export async function within<T>(promise: Promise<T>, ms: number, what = 'a promise'): Promise<T> {
  const late = new Error(`waited ${Math.round(ms)} ms for ${what}`)
  Error.captureStackTrace(late, within)
  let timer: NodeJS.Timeout | undefined
  const alarm = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(late)
    }, ms)
  })
  try {
    return await Promise.race([promise, alarm])
  } finally {
    clearTimeout(timer)
  }
}
