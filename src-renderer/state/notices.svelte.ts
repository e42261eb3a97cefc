import type { Notice } from '../../src-main/contract/index.js'
import { faultOf } from './fault-of.js'

/** What is said to a person outside of any pane: by the engine, and by this page. */
export class NoticeList {
  #list = $state.raw<readonly Notice[]>([])
  readonly #dismissed = new Set<number>()
  /** Notices of this page have numbers below 0, the engine's above. */
  #lastTold = 0

  get list(): readonly Notice[] {
    return this.#list
  }
  /** All that the engine has to say, on a new line to it. */
  take(notices: readonly Notice[]): void {
    const own = this.#list.filter(({ id }) => id < 0)
    this.#list = [...notices.filter(({ id }) => !this.#dismissed.has(id)), ...own]
  }
  /** One that stands there already has other words now. */
  say(notice: Notice): void {
    if (this.#dismissed.has(notice.id)) return
    const known = this.#list.some(({ id }) => id === notice.id)
    this.#list = known ? this.#list.map((each) => (each.id === notice.id ? notice : each)) : [...this.#list, notice]
  }
  tell(error: unknown, level: Notice['level']): void {
    this.say({ id: --this.#lastTold, time: Date.now(), level, fault: faultOf(error) })
  }
  dismiss({ id }: Notice): void {
    this.#dismissed.add(id)
    this.#list = this.#list.filter((each) => each.id !== id)
  }
}
