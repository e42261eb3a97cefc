import * as v from 'valibot'
import type { Comparison } from './comparison.js'
import type { SessionInfo } from './models.js'
import {
  MAX_SPEED,
  MIN_SPEED,
  RECORDING_SUFFIX,
  RecordedPartSchema,
  RecordingNameSchema,
  RecordingSettingsSchema,
  ReplaySettingsSchema,
  type RecordingInfo,
  type ReplayInfo,
} from './recording.js'

const id = v.pipe(v.string(), v.maxLength(64))
const none = v.optional(v.undefined())

const fileName = v.pipe(
  v.string(),
  v.maxLength(140),
  v.regex(/^[^\\/:*?"<>|.\p{C}][^\\/:*?"<>|\p{C}]*$/u, 'a file name without folders'),
)
/** A recording in the recordings folder, by its whole name: no folder, nothing hidden. */
export const RecordingFileSchema = v.pipe(fileName, v.endsWith(RECORDING_SUFFIX))

/** As what a part of a recording is written, which is what its name ends in. */
export const partFormats = ['mcap', 'jsonl', 'csv'] as const
export type PartFormat = (typeof partFormats)[number]

/** Any file of the recordings folder: recordings, and what was made of them. */
export const FolderFileSchema = v.pipe(
  fileName,
  v.check((name) => partFormats.some((format) => name.endsWith(`.${format}`)), 'a recording or a part of one'),
)

/** Bytes of a file at most that a page hands over, and of one piece of it. */
export const MAX_UPLOAD_BYTES = 16_000_000_000
export const MAX_UPLOAD_PIECE = 4 * 1024 * 1024

/** What the view calls a long piece of work, to be told how far it has come. */
const task = v.optional(v.pipe(v.string(), v.maxLength(64)), '')
const piece = v.pipe(
  v.instance(Uint8Array),
  v.check(({ byteLength }) => byteLength > 0 && byteLength <= MAX_UPLOAD_PIECE, 'up to 4 MiB'),
)
const upload = v.pipe(v.number(), v.integer(), v.minValue(0))

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
  'recording.remove': v.object({ name: FolderFileSchema }),
  'recording.restore': v.object({ name: FolderFileSchema }),
  /** Gives a file another name, its ending kept. Fails with NO_FILE, RECORDING_BUSY, FILE_EXISTS. */
  'recording.rename': v.object({ name: FolderFileSchema, to: RecordingNameSchema }),
  /**
   * Writes a part of a recorded session into a file of the folder, under a name that is still free. Fails with NO_SESSION, NOT_RECORDED, EMPTY_PART, RECORDING_CLOSED, or with what the disk says;
   * then, and when it is cancelled, there is no file.
   */
  'recording.export': v.object({
    id,
    format: v.picklist(partFormats),
    part: RecordedPartSchema,
    name: v.optional(RecordingNameSchema),
    task,
  }),
  /**
   * Takes a file over from a view, piece by piece, under a name that is still free; with the view it goes, unless it is whole. Fails with TOO_LARGE, DISK_FULL, or with what
   * keeps the file from being made.
   */
  'recording.upload': v.object({ name: RecordingFileSchema, size: v.pipe(v.number(), v.integer(), v.minValue(0)) }),
  /** The next piece; answered when the next may come, with the file when that was the last. Fails with NO_UPLOAD, BAD_RECORDING (then it is over). */
  'recording.piece': v.object({ upload, bytes: piece }),
  'recording.abandon': v.object({ upload }),
  /** Lays two sessions beside each other, recorded or live. Fails with NO_SESSION, RECORDING_CLOSED. */
  'recording.compare': v.object({ a: id, b: id, task }),
  /** How many messages of a recorded session fall into each of so many equal stretches of its time. Fails with NO_SESSION, NOT_RECORDED, RECORDING_CLOSED. */
  'recording.density': v.object({ id, columns: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2000)) }),
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
  'recording.rename': { name: string }
  'recording.export': { name: string; bytes: number; messages: number }
  'recording.upload': { upload: number }
  'recording.piece': { name?: string }
  'recording.abandon': undefined
  'recording.compare': Comparison
  'recording.density': number[]
  'replay.start': ReplayInfo
  'replay.steer': ReplayInfo
  'replay.seek': ReplayInfo
  'replay.speed': ReplayInfo
}
