import type { RoleName } from '../../src-main/contract/index.js'
import { readJson } from './profile.svelte.js'
import type { SessionView } from './session.svelte.js'

const PICKED = 'socketeer.picked'

/** What was looked at last: because a person picked it (then with its session), or because it was just opened. */
export interface Pick {
  readonly role: RoleName
  readonly session?: SessionView
}

/** Which session of each role is looked at. It outlives a reload of the page. */
export class Picks {
  #ids = $state.raw<Partial<Record<RoleName, string>>>({})
  #last = $state.raw<Pick | undefined>(undefined)

  constructor() {
    this.#ids = readJson(sessionStorage.getItem(PICKED)) ?? {}
  }

  /** A new object with each pick; undefined: none since the page was loaded. */
  get last(): Pick | undefined {
    return this.#last
  }
  /** The id of the session that was picked for a role. */
  of(role: RoleName): string | undefined {
    return this.#ids[role]
  }
  add({ id, role }: SessionView, pick: Pick = { role }): void {
    this.#last = pick
    this.#ids = { ...this.#ids, [role]: id }
    sessionStorage.setItem(PICKED, JSON.stringify(this.#ids))
  }
}
