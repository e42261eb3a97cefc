import type { DriverWish } from '../contract/index.js'
import type { ProtobufReader } from './radio/place.js'
import type { RoleHost } from './roles/role.js'
import type { Keyring } from './security/keyring.js'
import type { Session } from './session.js'

/** What the engine hears from a session: that its info, or only its numbers, are no longer what they were. */
export interface SessionWatcher {
  changed(session: Session): void
  moved(session: Session): void
  readonly protobuf: ProtobufReader | undefined
  readonly member: RoleHost['member']
  readonly keyring: Keyring
  driver(this: void): DriverWish
}
