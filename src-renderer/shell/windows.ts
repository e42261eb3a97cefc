import type { RoleName } from '../../src-main/contract/index.js'
import { openRoleWindow } from '../role-window/address.js'
import { noWindow } from '../role-window/role-window.svelte.js'
import type { SessionView } from '../state/session.svelte.js'
import type { Workbench } from '../state/workbench.svelte.js'

/** A window that is about to be a session of this role. */
export function newWindow(bench: Workbench, role: RoleName): void {
  if (!openRoleWindow({ role })) bench.tell(noWindow())
}

/** Gives a session a window of its own. */
export function tearOff(bench: Workbench, session: SessionView): void {
  if (!openRoleWindow({ role: session.role, session: session.id })) bench.tell(noWindow())
}
