import type { Undo } from '../../src-main/contract/index.js'
import type { Keys } from './keys.js'

/** In the order in which they are listed: what is on the screen first, and last what each session can do, which is a long list. */
export const actionGroups = ['session', 'go', 'new', 'window', 'file', 'view', 'help', 'each'] as const
export type ActionGroup = (typeof actionGroups)[number]

/** Something that can be done from anywhere, by its name or by its keys. */
export interface Action {
  /** The same for as long as it means the same: what was used last is remembered by it. */
  readonly id: string
  readonly group: ActionGroup
  readonly title: string
  /** Beside the title, fainter: where it leads, say. */
  readonly detail?: string
  /** More words that it is found by. */
  readonly words?: string
  readonly keys?: Keys
  /** False: it is shown, and cannot be done now. */
  readonly ready?: boolean
  /** What it throws or rejects with is told to the person. */
  readonly run: () => unknown
}

/** Says what can be done now. It is asked at each drawing, so it may read state and language. */
export type ActionSource = () => readonly Action[]

/**
 * What can be done, from wherever it is: the shell, a desk, a pane. Each registers a source for as long as it is on the page:
 * `$effect(() => bench.actions.register(() => [...]))`.
 */
export class Actions {
  #sources = $state.raw<readonly ActionSource[]>([])

  register(source: ActionSource): Undo {
    this.#sources = [...this.#sources, source]
    return () => (this.#sources = this.#sources.filter((each) => each !== source))
  }

  /** In the order of their groups. Of two with one id, the later source's stands. */
  get all(): readonly Action[] {
    const byId = new Map<string, Action>()
    for (const source of this.#sources) for (const action of source()) byId.set(action.id, action)
    const actions = [...byId.values()]
    return actionGroups.flatMap((group) => actions.filter((action) => action.group === group))
  }
}
