import {
  Fault,
  type Channel,
  type Generating,
  type Lines,
  type RoleName,
  type SayingLines,
} from '../../contract/index.js'
import { Generator, type GeneratorHooks } from './generator.js'
import { LineFeed } from './line-feed.js'

export interface StationHooks extends GeneratorHooks {
  role(): RoleName
  /** Throws Fault NOT_OPEN. */
  ready(): void
}

/** What a publisher says by itself: at most one generator and one file at a time. */
export class Station {
  readonly #hooks: StationHooks
  #generator: Generator | undefined
  #lines: LineFeed | undefined
  #feeds = 0

  constructor(hooks: StationHooks) {
    this.#hooks = hooks
  }

  /** Makes up messages on these channels until stopped, instead of what it made up before. Throws Fault WRONG_ROLE or NOT_OPEN. */
  generate(channels: readonly Channel[]): void {
    this.#check('Only a publisher has a signal generator.')
    this.#generator?.stop()
    this.#generator = new Generator(channels, this.#hooks)
  }

  stopGenerate(): void {
    this.#generator?.stop()
  }

  /** Says a file line by line, as `feed` brings it, instead of the one before. Throws Fault WRONG_ROLE, NOT_OPEN or BAD_PATH. */
  say(lines: Lines): { feed: number } {
    this.#check('Only a publisher says a file line by line.')
    const next = new LineFeed(lines, this.#hooks)
    this.#lines?.stop()
    this.#lines = next
    return { feed: ++this.#feeds }
  }

  /** Takes the next bytes of the file that `say` gave this number; resolves, once more are wanted, with whether they are. */
  async feed(feed: number, bytes: Uint8Array, end: boolean): Promise<{ wanted: boolean }> {
    return { wanted: feed === this.#feeds && ((await this.#lines?.feed(bytes, end)) ?? false) }
  }

  /** Nobody brings the rest of this file. */
  abandon(feed: number): void {
    if (feed === this.#feeds) this.#lines?.abandon()
  }

  holdLines(hold: boolean): void {
    this.#lines?.hold(hold)
  }

  stopLines(): void {
    this.#lines?.stop()
  }

  stop(): void {
    this.stopGenerate()
    this.stopLines()
  }

  /** As it stands in the session's info; nothing of what never was. */
  info(): { generating?: Generating; lines?: SayingLines } {
    return {
      ...(this.#generator === undefined ? {} : { generating: this.#generator.info() }),
      ...(this.#lines === undefined ? {} : { lines: this.#lines.info() }),
    }
  }

  #check(why: string): void {
    if (this.#hooks.role() !== 'publisher') throw new Fault('WRONG_ROLE', why)
    this.#hooks.ready()
  }
}
