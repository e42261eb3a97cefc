import * as v from 'valibot'
import type { SessionInfo } from './models.js'
import {
  MAX_SPEED,
  MIN_SPEED,
  RECORDING_SUFFIX,
  RecordingSettingsSchema,
  ReplaySettingsSchema,
  type RecordingInfo,
  type ReplayInfo,
} from './recording.js'

const id = v.pipe(v.string(), v.maxLength(64))
const none = v.optional(v.undefined())

/** A file of the recordings folder, by its whole name: no folder, nothing hidden. */
export const RecordingFileSchema = v.pipe(
  v.string(),
  v.maxLength(140),
  v.regex(/^[^\\/:*?"<>|.\p{C}][^\\/:*?"<>|\p{C}]*$/u, 'a file name without folders'),
  v.endsWith(RECORDING_SUFFIX),
)

/** What can be done to a replay that goes on or rests. */
export const replaySteering = ['play', 'pause', 'step', 'stop'] as const

/** The part of `requestArguments` that is about recordings. */
export const recordingRequests = {
  /** The folder, what is in it, and what is recorded and replayed. */
  'recording.list': none,
  /** Begins one, or waits for its time or trigger. Fails with BAD_PATTERN, BAD_PATH, or with what keeps its file from being made. */
  'recording.start': v.object({ settings: RecordingSettingsSchema }),
  /** Writes what is left and closes its file. Fails with NO_RECORDING. */
  'recording.stop': v.object({ id }),
  /** Lists the sessions of a file, to be looked at like any other. Fails with NO_FILE, BAD_RECORDING. */
  'recording.open': v.object({ name: RecordingFileSchema }),
  /** Takes a file out of the folder; until the app ends it can be had back. Fails with NO_FILE, RECORDING_BUSY. */
  'recording.remove': v.object({ name: RecordingFileSchema }),
  'recording.restore': v.object({ name: RecordingFileSchema }),
  /** Plays a recorded session to the wire. Fails with NO_SESSION, NOT_RECORDED, and with BEYOND_LOOPBACK unless a person has confirmed that others may hear it. */
  'replay.start': v.object({ id, settings: ReplaySettingsSchema }),
  /** Fails with NO_REPLAY. `stop` closes the session that sends, too. */
  'replay.steer': v.object({ id, to: v.picklist(replaySteering) }),
  /** Goes on from this recorded time, ms since 1970. */
  'replay.seek': v.object({ id, time: v.number() }),
  /** Times the original; 0: as fast as it goes. */
  'replay.speed': v.object({
    id,
    speed: v.union([v.literal(0), v.pipe(v.number(), v.minValue(MIN_SPEED), v.maxValue(MAX_SPEED))]),
  }),
} as const satisfies Record<string, v.GenericSchema>

/** A file of the recordings folder. */
export interface RecordingFileInfo {
  readonly name: string
  readonly bytes: number
  /** When it was last written, ms since 1970. */
  readonly time: number
  /** A recording writes it just now. */
  readonly growing: boolean
}

export interface Recordings {
  readonly folder: string
  /** Newest first. */
  readonly files: readonly RecordingFileInfo[]
  /** Those of this run, oldest first. */
  readonly recordings: readonly RecordingInfo[]
  readonly replays: readonly ReplayInfo[]
}

export interface RecordingResults {
  'recording.list': Recordings
  'recording.start': RecordingInfo
  'recording.stop': RecordingInfo
  'recording.open': SessionInfo[]
  'recording.remove': undefined
  'recording.restore': undefined
  'replay.start': ReplayInfo
  'replay.steer': ReplayInfo
  'replay.seek': ReplayInfo
  'replay.speed': ReplayInfo
}
