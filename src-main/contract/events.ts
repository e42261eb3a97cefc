import type { EngineNumbers, Notice, SessionInfo, SessionNumbers } from './models.js'
import type { Profile } from './profile.js'
import type { RecordingInfo, ReplayInfo } from './recording.js'

/** What the engine says unasked. It comes from our own side, so it is typed and not checked again. */
export interface Events {
  /** A session is new or has changed state, links or status. Coalesced. */
  session: SessionInfo
  /** A session was forgotten. */
  gone: { id: string }
  /** Figures of the sessions that moved since the last pulse; at most 20 a second, none while hidden. */
  pulse: { sessions: SessionNumbers[]; engine: EngineNumbers }
  notice: Notice
  /** A recording, or a replay, has changed or come further; a few times a second. */
  recording: RecordingInfo
  replay: ReplayInfo
  /** How far a long piece of work of this view has come, 0 to 1; a few times a second. */
  progress: { task: string; done: number }
  /** Sessions that have a window of their own. */
  windows: { sessions: readonly string[] }
  /** The workbench takes this session back: its window is to close. */
  taken: { id: string }
  /** The native menu: the page is to do what has this id among its actions. */
  act: { id: string }
  /** A workspace file that was opened through the system: the page asks what becomes of it. */
  workspaceFile: { name: string; text: string }
  /** A recording that was opened through the system: the page shows its sessions. */
  recordingFile: { sessions: readonly SessionInfo[] }
  /** Another view changed the profile. */
  profile: Profile
}
export type EventName = keyof Events
