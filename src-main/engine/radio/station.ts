import { Fault, type Channel, type Generating, type RoleName } from '../../contract/index.js'
import { Generator, type GeneratorHooks } from './generator.js'

export interface StationHooks extends GeneratorHooks {
  role(): RoleName
  /** Throws Fault NOT_OPEN. */
  ready(): void
}

/** What a publisher says by itself: at most one generator at a time. */
export class Station {
  readonly #hooks: StationHooks
  #generator: Generator | undefined

  constructor(hooks: StationHooks) {
    this.#hooks = hooks
  }

  /** Makes up messages on these channels until stopped, instead of what it made up before. Throws Fault WRONG_ROLE or NOT_OPEN. */
  generate(channels: readonly Channel[]): void {
    if (this.#hooks.role() !== 'publisher') throw new Fault('WRONG_ROLE', 'Only a publisher has a signal generator.')
    this.#hooks.ready()
    this.#generator?.stop()
    this.#generator = new Generator(channels, this.#hooks)
  }

  stop(): void {
    this.#generator?.stop()
  }

  /** As it stands in the session's info; nothing before the first. */
  info(): { generating?: Generating } {
    return this.#generator === undefined ? {} : { generating: this.#generator.info() }
  }
}
