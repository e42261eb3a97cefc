import type { RecordingSettings } from '../contract/index.js'
import { now } from '../engine/clock.js'

/** Milliseconds that a timer can wait: about 24 days. */
const LONGEST = 2 ** 31 - 1

/** Milliseconds until a recording is to begin; 0 or less: now. @param again whether it has run before */
export function untilDue({ at = 0, every }: RecordingSettings, again: boolean, time = now()): number {
  if (!again || every === undefined) return at - time
  const step = every * 1000
  return at + Math.ceil((time - at) / step) * step - time
}

/** Calls back when it is due, however long that is; holds no process open. Returns how to call it off. */
export function whenDue(wait: number, due: () => void): () => void {
  const end = now() + wait
  let timer: NodeJS.Timeout
  const sleep = () => {
    const left = end - now()
    if (left <= 0) due()
    else timer = setTimeout(sleep, Math.min(left, LONGEST)).unref()
  }
  timer = setTimeout(sleep, Math.max(1, Math.min(wait, LONGEST))).unref()
  return () => clearTimeout(timer)
}
