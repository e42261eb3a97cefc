import { createSubscriber } from 'svelte/reactivity'

/** Milliseconds between two steps of the clock that waits are shown by: one figure after the point of a second. */
const STEP = 100

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, STEP)
  return () => clearInterval(timer)
})

/** The time, ms since 1970. What shows it is drawn again ten times a second; when nothing does, no timer runs. */
export function now(): number {
  subscribe()
  return Date.now()
}
