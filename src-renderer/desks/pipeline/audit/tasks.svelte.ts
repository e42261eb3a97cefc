import { TaskEntries, type TaskFilter } from '../../../../src-main/contract/index.js'
import type { Caller } from '../../../bridge/client.js'
import { RowWindow } from '../../../parts/row-window.svelte.js'
import { lifeOf, type Life } from './lanes.svelte.js'

/** Rows asked for beyond those in view, at both ends. */
const AROUND = 40
const ROW = 26

/** A list of a run's tasks: those that a filter leaves, of which only the ones in view are known here. */
export class TaskList {
  readonly window = new RowWindow(ROW, false)
  readonly #caller: Caller
  filter = $state<TaskFilter>('lost')
  #run = ''
  #total = $state(0)
  #made = $state(0)
  #rows = $state.raw<ReadonlyMap<number, Life>>(new Map())

  constructor(caller: Caller) {
    this.#caller = caller
  }

  get total(): number {
    return this.#total
  }
  get made(): number {
    return this.#made
  }
  /** The row at a place in the list; undefined until it has come. */
  at(index: number): Life | undefined {
    return this.#rows.get(index)
  }

  show(run: string, filter = this.filter): void {
    if (run === this.#run && filter === this.filter) return
    this.#run = run
    this.filter = filter
    this.#rows = new Map()
    this.#total = 0
    this.window.setCount(0)
    void this.ask()
  }

  async ask(): Promise<void> {
    const { filter } = this
    const run = this.#run
    if (run === '') return
    const from = Math.max(0, this.window.first - AROUND)
    try {
      const page = await this.#caller.call('pipeline.tasks', {
        run,
        filter,
        from,
        count: this.window.shown + 2 * AROUND,
      })
      if (run !== this.#run || filter !== this.filter) return
      const entries = new TaskEntries(page.entries)
      this.#rows = new Map(Array.from({ length: entries.length }, (_, i) => [page.from + i, lifeOf(entries, i)]))
      this.#total = page.total
      this.#made = page.made
      this.window.setCount(page.total)
    } catch {
      // The line is down, or the run is gone: the list stays as it was.
    }
  }
}
