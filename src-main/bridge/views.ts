import { Fault, type Undo } from '../contract/index.js'

/**
 * Milliseconds in which a window that left may come back: a reload looks like a closed window until it does. Longer than a page takes to load on
 * a slow machine, shorter than a person takes to wonder.
 */
export const COME_BACK_MS = 20_000

/** What views are told: which sessions have a window of their own, and that one is wanted back by the workbench. */
export interface ViewListener {
  windows(sessions: readonly string[]): void
  taken(session: string): void
}

export interface ViewsOptions {
  /** A window was closed for good: so is its session. */
  close: (session: string) => void
  comeBack?: number
}

/**
 * Which session has a window of its own. A window that is closed says so as its last word, and its session is closed after it; one whose line was
 * lost, or whose page died, has said nothing, and its session goes on.
 */
export class Views {
  readonly #options: ViewsOptions
  readonly #shown = new Map<unknown, string>()
  readonly #leaving = new Map<string, NodeJS.Timeout>()
  readonly #listeners = new Set<ViewListener>()

  constructor(options: ViewsOptions) {
    this.#options = options
  }

  /** Sessions that have a window of their own. */
  get windows(): string[] {
    return [...new Set(this.#shown.values())]
  }

  listen(listener: ViewListener): Undo {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** A view is the window of one session; undefined: it is a workbench. */
  show(view: unknown, session: string | undefined): void {
    if (session === undefined) this.#shown.delete(view)
    else {
      this.#shown.set(view, session)
      this.#stay(session)
    }
    this.#tell()
  }

  /** The view is being closed, or reloaded. */
  leave(view: unknown): void {
    const session = this.#shown.get(view)
    if (session === undefined) return
    this.#stay(session)
    const timer = setTimeout(() => {
      this.#leaving.delete(session)
      if (!this.windows.includes(session)) this.#options.close(session)
    }, this.#options.comeBack ?? COME_BACK_MS)
    this.#leaving.set(session, timer.unref())
  }

  /** The view's line has ended. */
  gone(view: unknown): void {
    if (this.#shown.delete(view)) this.#tell()
  }

  /** Its windows close, and the session stays. Throws Fault `NO_WINDOW`. */
  takeBack(session: string): void {
    if (!this.windows.includes(session))
      throw new Fault('NO_WINDOW', 'This session has no window of its own any more.', { id: session })
    for (const [view, shown] of [...this.#shown]) if (shown === session) this.#shown.delete(view)
    for (const listener of [...this.#listeners]) listener.taken(session)
    this.#tell()
  }

  close(): void {
    for (const timer of this.#leaving.values()) clearTimeout(timer)
    this.#leaving.clear()
  }

  #stay(session: string): void {
    clearTimeout(this.#leaving.get(session))
    this.#leaving.delete(session)
  }

  #tell(): void {
    const sessions = this.windows
    for (const listener of [...this.#listeners]) listener.windows(sessions)
  }
}
