import { readJson } from '../state/profile.svelte.js'
import type { Action, Actions } from './actions.svelte.js'
import { findActions } from './find.js'

/** Actions used last that an empty query begins with. */
const RECENT = 5
/** The action that opens the palette itself. */
export const OWN = 'palette'
const RECENT_KEY = 'socketeer.actions'

/** The command palette: what is typed, what it means, and which of it is picked. */
export class Palette {
  open = $state(false)
  #query = $state('')
  /** Undefined: nobody has moved yet. */
  #at = $state<number | undefined>(undefined)
  #recent = $state.raw<readonly string[]>(readJson(localStorage.getItem(RECENT_KEY)) ?? [])
  readonly #actions: Actions
  readonly #tell: (error: unknown) => void

  /** Without the one that opens what is open. */
  readonly #all = $derived.by(() => this.#actions.all.filter(({ id }) => id !== OWN))
  readonly #used = $derived.by(() => this.#recent.flatMap((id) => this.#all.find((action) => action.id === id) ?? []))
  readonly found = $derived.by(() => this.#find())

  /** @param tell hears why an action failed */
  constructor(actions: Actions, tell: (error: unknown) => void) {
    this.#actions = actions
    this.#tell = tell
  }

  get query(): string {
    return this.#query
  }
  set query(text: string) {
    this.#query = text
    this.#at = undefined
  }
  /** How many of those found, at the beginning, were used last; undefined while there is a query. */
  get recent(): number | undefined {
    return this.#query.trim() === '' ? this.#used.length : undefined
  }
  /** How many there are in all. */
  get count(): number {
    return this.#all.length
  }
  get at(): number {
    // Enter at once does something, so what cannot be done now is passed over.
    const at =
      this.#at ??
      Math.max(
        0,
        this.found.findIndex(({ ready }) => ready !== false),
      )
    return Math.min(at, this.found.length - 1)
  }
  set at(index: number) {
    this.#at = index
  }

  show(): void {
    this.query = ''
    this.open = true
  }
  /** To the next one, or from either end to the other. */
  move(by: number): void {
    const { length } = this.found
    if (length > 0) this.#at = (this.at + by + length) % length
  }

  /** Closes the palette first: what is done may open something of its own. */
  choose(action: Action | undefined = this.found[this.at]): void {
    if (action === undefined || action.ready === false) return
    this.open = false
    this.#recent = [action.id, ...this.#recent.filter((id) => id !== action.id)].slice(0, RECENT)
    localStorage.setItem(RECENT_KEY, JSON.stringify(this.#recent))
    void this.run(action)
  }
  async run(action: Action): Promise<void> {
    try {
      await action.run()
    } catch (error) {
      this.#tell(error)
    }
  }

  #find(): readonly Action[] {
    if (!this.open) return []
    const all = this.#all
    if (this.#query.trim() !== '') return findActions(all, this.#query)
    return [...this.#used, ...all.filter(({ id }) => !this.#recent.includes(id))]
  }
}
