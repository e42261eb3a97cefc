import { onTestFinished } from 'vitest'

const endings: (() => unknown)[] = []

/**
 * Runs when the test is over, however it ended; what was given last goes first. Like `onTestFinished`, but it can be had earlier: `afterEach` comes before
 * `onTestFinished`, and who counts descriptors there wants the test's own processes and connections gone.
 */
export function atEnd(end: () => unknown): void {
  endings.push(end)
  onTestFinished(endAll)
}

/** Runs them now. */
export async function endAll(): Promise<void> {
  for (let end = endings.pop(); end !== undefined; end = endings.pop()) await end()
}
