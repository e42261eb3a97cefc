import { roleNames, type RoleName } from '../../src-main/contract/index.js'

/** A window of one role: the session that it shows, or the role that it is about to open. */
export interface RoleWindow {
  readonly role: RoleName | undefined
  readonly session: string | undefined
}

/** Pixels of a role window where the browser lets us say. */
const SIZE = { width: 620, height: 720 }

/** Reads `?role=worker`, `?session=ID` or both; undefined for the workbench. */
export function roleWindowOf(search: string): RoleWindow | undefined {
  const query = new URLSearchParams(search)
  const role = roleNames.find((name) => name === query.get('role'))
  const session = query.get('session') ?? undefined
  return role === undefined && session === undefined ? undefined : { role, session }
}

/** As `roleWindowOf` reads it, relative to the page. */
export function roleSearch({ role, session }: Partial<RoleWindow>): string {
  const query = new URLSearchParams()
  if (role !== undefined) query.set('role', role)
  if (session !== undefined) query.set('session', session)
  return `?${query.toString()}`
}

/**
 * Opens one: a pop-up in a browser; on the desktop the main process sees the wish and opens a window of its own. One session has one window,
 * which comes to the front. False when the browser would not.
 */
export function openRoleWindow(what: Partial<RoleWindow>): boolean {
  const name = what.session === undefined ? '_blank' : `socketeer-${what.session}`
  const opened = window.open(roleSearch(what), name, `popup,width=${SIZE.width},height=${SIZE.height}`)
  opened?.focus()
  return opened !== null || window.socketeer !== undefined
}
