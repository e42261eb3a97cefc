import { composing, withCommand } from '../lib/keyboard.js'
import type { Action } from './actions.svelte.js'
import { isKey, isLetter, PAIR_PAUSE, takesLetters } from './keys.js'

export interface ShortcutOptions {
  actions: () => readonly Action[]
  run: (action: Action) => void
  /** Whether shortcuts without Ctrl or ⌘ are on. */
  letters: () => boolean
}

/**
 * Hears the shortcuts of actions, wherever the focus is. Keys without a modifier are left to whoever types, and everything is
 * left to an open dialog: what it covers is not to be worked on.
 */
export class Shortcuts {
  readonly #options: ShortcutOptions
  /** The first key of a pair, and when it was pressed. */
  #first: { readonly key: string; readonly time: number } | undefined

  constructor(options: ShortcutOptions) {
    this.#options = options
  }

  readonly keydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.repeat || composing(event) || /^(Shift|Control|Alt|Meta)$/.test(event.key))
      return
    const first = this.#first
    this.#first = undefined
    // One that was closed is in the document for a frame more, and covers nothing.
    if (document.querySelector('[role=dialog]:not([data-beside]):not([data-state=closed])') !== null) return
    const typing = takesLetters(event.target)
    // Most keys are somebody's writing: nothing is looked up for those.
    if (typing && !withCommand(event) && isLetter(event.key)) return
    const actions = this.#options.actions().filter(({ keys, ready }) => keys !== undefined && ready !== false)
    const heard = actions.filter(({ keys = '' }) => !isLetter(keys) || (!typing && this.#options.letters()))
    const inTime = first !== undefined && event.timeStamp - first.time < PAIR_PAUSE
    for (const action of heard) {
      const [one = '', two] = (action.keys ?? '').split(' ')
      if (two === undefined ? !isKey(event, one) : !(inTime && first.key === one && isKey(event, two))) continue
      event.preventDefault()
      this.#options.run(action)
      return
    }
    const begins = heard
      .map(({ keys = '' }) => keys.split(' '))
      .find(([one = '', two]) => two !== undefined && isKey(event, one))
    if (begins?.[0] !== undefined) this.#first = { key: begins[0], time: event.timeStamp }
  }
}
