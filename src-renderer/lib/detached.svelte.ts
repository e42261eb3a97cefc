import { untrack } from 'svelte'

/**
 * Makes an object with runes in it that outlives whoever makes it: what it derives belongs to itself, not to the component or effect
 * that happened to need it first.
 */
export function detached<T>(make: () => T): T {
  let made: { value: T } | undefined
  $effect.root(() => {
    made = { value: untrack(make) }
  })
  if (made === undefined) throw new Error('an effect root runs at once')
  return made.value
}
