import type { Comparison } from '../../src-main/contract/index.js'
import type { SessionView } from '../state/session.svelte.js'
import type { Workbench } from '../state/workbench.svelte.js'
import { Task } from '../state/task.svelte.js'

/** What can be compared: an open session by its id, or a file that is opened for it. */
export type Choice = `session ${string}` | `file ${string}` | ''

/** Two recordings, or one and a live session, laid beside each other. */
export class RecordingComparison {
  readonly task: Task
  readonly #bench: Workbench
  readonly choices = $state<[Choice, Choice]>(['', ''])
  #found = $state.raw<{ readonly sides: readonly [SessionView, SessionView]; readonly report: Comparison } | undefined>(
    undefined,
  )

  constructor(bench: Workbench) {
    this.#bench = bench
    this.task = new Task(bench.caller)
  }

  /** What came of it, and the sessions that it is about. */
  get found(): { readonly sides: readonly [SessionView, SessionView]; readonly report: Comparison } | undefined {
    return this.#found
  }
  get ready(): boolean {
    const [a, b] = this.choices
    return a !== '' && b !== '' && a !== b && !this.task.running
  }

  async run(): Promise<void> {
    const [a, b] = this.choices
    this.#found = undefined
    this.#found = await this.task.run(async (task, signal) => {
      const known = [a, b].map((choice) => this.#opened(choice))
      const first = known[0] ?? (await this.#open(a, known[1]))
      const second = known[1] ?? (await this.#open(b, first))
      // From now on these are meant, whatever else is opened.
      this.choices[0] = `session ${first.id}`
      this.choices[1] = `session ${second.id}`
      const report = await this.#bench.caller.call('recording.compare', { a: first.id, b: second.id, task }, { signal })
      return { sides: [first, second] as const, report }
    })
  }

  #opened(choice: Choice): SessionView | undefined {
    return choice.startsWith('session ') ? this.#bench.session(choice.slice('session '.length)) : undefined
  }

  /** Opens a file. Of several sessions in it the one that is most like the other side is meant, and of those the one with the most messages. */
  async #open(choice: Choice, other: SessionView | undefined): Promise<SessionView> {
    const opened = await this.#bench.caller.call('recording.open', { name: choice.slice('file '.length) })
    const likeness = ({ settings, recorded }: (typeof opened)[number]): number =>
      (recorded?.label === (other?.info.recorded?.label ?? other?.settings.name) ? 2 : 0) +
      (settings.role === other?.role ? 1 : 0)
    const views = this.#bench.add(opened)
    const [best] = opened
      .map((info, i) => ({ view: views[i], like: likeness(info), length: info.recorded?.messages ?? 0 }))
      .sort((x, y) => y.like - x.like || y.length - x.length)
    if (best?.view === undefined) throw new Error(`There is no session in ${choice}.`)
    return best.view
  }
}
