import type {
  Answer,
  Direction,
  Link,
  LinkEventKind,
  Progress,
  RoleName,
  RoleStatus,
  SettingsOf,
} from '../../contract/index.js'
import type { Clients } from '../clients.js'
import type { RowMarks } from '../journal.js'
import type { Member } from '../pipeline/member.js'
import type { Reception } from '../reception.js'
import type { RuleBook } from '../rules/rules.js'
import type { NativeSocket, OwnedSocket, SocketWatcher } from '../socket.js'

/** What a role may do to its session. */
export interface RoleHost {
  /** Writes a row and counts it. */
  record(direction: Direction, frames: readonly Uint8Array[], marks: RowMarks): number
  progress(seq: number, progress: Progress): void
  /** The frames of a row, whole; undefined when it is no longer in memory. */
  frames(seq: number): Uint8Array[] | undefined
  /** A line for the timeline. */
  tell(kind: LinkEventKind, address: string, detail?: string): void
  /** Status, links or queue changed. */
  changed(): void
  /** Something that cannot go on; the session closes as failed. */
  fail(error: unknown): void
  countMalformed(): void
  countLate(): void
  /** While the session is held: resolves when it may take messages again. To be awaited before the next one is taken. */
  held(): Promise<void> | undefined
  /** Who has asked this server; it outlives the role, as rows do. */
  readonly clients: Clients
  /** The rules in force for a server now. */
  rules(): RuleBook
  /** How a server answers what no rule does, now. */
  answer(): Answer
  /** How it receives, and from what sockets. */
  readonly reception: Reception
  /** Its session's place among ventilators, workers and sinks. */
  readonly member: Member
  /** Milliseconds from a question to its answer. */
  roundTrip(ms: number): void
}

export interface SendOptions {
  /** Server: the row that is answered. */
  readonly answers?: number | undefined
}

/** One end of one pattern: the sockets of a session and what they mean. A new one is a file here and a line in index.ts. */
export interface Role {
  /** All sockets, in the order of the session's endpoints; the set may change while it runs. */
  readonly sockets: readonly OwnedSocket<NativeSocket>[]
  /** Links as the session shows them, where that is not those of all sockets one by one. */
  links?(): Link[]
  /** Messages waiting in our own queue. */
  readonly queued: number
  /** Binds and starts. Throws the Fault that keeps it from that; the caller then closes it. */
  open(): Promise<void>
  status(): RoleStatus
  /** Queues one message and returns its row. Throws a Fault, and then nothing was written. */
  send(frames: readonly Uint8Array[], options: SendOptions): Promise<{ seq: number }>
  /** `send` of one that only hands messages on: at once. Returns the row. */
  put?(frames: readonly Uint8Array[]): number
  /** Links changed. */
  linked?(): void
  drained?(limit: number): Promise<void>
  ask?(frames: readonly Uint8Array[], signal?: AbortSignal): Promise<{ seq: number; frames: Uint8Array[] }>
  cancel?(): void
  /** Server: answers all that wait for a person as its settings now say. */
  answerWaiting?(): void
  subscribe?(topic: string): void
  unsubscribe?(topic: string): void
  /** Stops, sends what its linger allows, and frees everything. Returns how many messages were left unsent. @param deadline ms, overrides linger. */
  close(deadline?: number): Promise<number>
}

export type RoleFactory<R extends RoleName> = (settings: SettingsOf<R>, host: RoleHost, watcher: SocketWatcher) => Role

/** The links of all its sockets, in the order of the session's endpoints. */
export function linksOf(role: Role): Link[] {
  return role.links?.() ?? role.sockets.flatMap((socket) => socket.links.map((link) => link.info()))
}
