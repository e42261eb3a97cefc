import { stat } from 'node:fs/promises'
import {
  Fault,
  RECORDING_SUFFIX,
  SessionSettingsSchema,
  type Comparison,
  type PartFormat,
  type RecordedPart,
  type RecordingInfo,
  type RecordingSettings,
  type Recordings as Shown,
  type ReplayInfo,
  type ReplaySettings,
  type SessionInfo,
  type Undo,
} from '../contract/index.js'
import * as v from 'valibot'
import { parseEndpoint } from '../engine/endpoint.js'
import type { Engine } from '../engine/engine.js'
import type { Session } from '../engine/session.js'
import { compare, sidesOf } from './compare.js'
import { density } from './density.js'
import { exportPart, type Exported } from './export-part.js'
import { FileJournal } from './file-journal.js'
import { identityOf, RecordingFile } from './file.js'
import { RecordingFolder } from './folder.js'
import { list } from './opened.js'
import { Plan } from './plan.js'
import { Recording } from './recording.js'
import { Replay } from './replay.js'
import { Turns, type Work } from './turns.js'
import { Uploads } from './uploads.js'

/** Milliseconds that recordings have to write what is left when the app ends. */
const LAST_WORDS = 1200
/** Milliseconds that subscribers have to come: what is published before would be lost to them, and nobody would be told. */
const AUDIENCE = 1500

export interface RecordingsOptions {
  readonly engine: Engine
  /** Made when it is first needed, for its owner alone. */
  readonly folder: string
  /** Of the app, for the files. */
  readonly version: string
}

/** Told of what is recorded and replayed, as it changes; a few times a second at most. */
export interface RecordingsListener {
  recording(info: RecordingInfo): void
  replay(info: ReplayInfo): void
}

/** Everything that is recorded and replayed in this run, and the folder of its files. */
export class Recordings {
  /** The files. */
  readonly folder: RecordingFolder
  /** Those that views hand over. */
  readonly uploads: Uploads
  readonly #engine: Engine
  readonly #version: string
  readonly #recordings = new Map<string, Recording>()
  readonly #replays = new Map<string, Replay>()
  readonly #listeners = new Set<RecordingsListener>()
  readonly #unfollow: Undo
  #number = 0

  constructor({ engine, folder, version }: RecordingsOptions) {
    this.#engine = engine
    this.folder = new RecordingFolder(folder, () => this.#growing())
    this.uploads = new Uploads(this.folder)
    this.#version = version
    this.#unfollow = engine.onChange(() => this.#forgetful())
  }

  listen(listener: RecordingsListener): Undo {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  async show(): Promise<Shown> {
    return {
      folder: this.folder.path,
      files: await this.folder.list(),
      recordings: [...this.#recordings.values()].map((each) => each.info()),
      replays: [...this.#replays.values()].map((each) => each.info()),
    }
  }

  /** Throws Fault BAD_PATTERN or BAD_PATH, or what keeps its file from being made: then there is no recording. */
  async start(settings: RecordingSettings): Promise<RecordingInfo> {
    const id = `r${++this.#number}`
    await this.folder.ready()
    const place = {
      folder: this.folder.path,
      name: await this.#free(settings.name ?? named(new Date())),
      version: this.#version,
    }
    const recording: Recording = new Recording(id, settings, place, this.#engine, () => {
      if (this.#recordings.has(id)) for (const listener of this.#listeners) listener.recording(recording.info())
    })
    await recording.start()
    this.#recordings.set(id, recording)
    return recording.info()
  }

  /** Throws Fault NO_RECORDING. */
  async stop(id: string): Promise<RecordingInfo> {
    const recording = this.#recordings.get(id)
    if (recording === undefined) throw new Fault('NO_RECORDING', `There is no recording “${id}”.`, { id })
    await recording.stop()
    return recording.info()
  }

  /** Lists the sessions of a file of the folder, as `openAt` does. */
  open(name: string): Promise<SessionInfo[]> {
    return this.openAt(this.folder.in(name))
  }

  /** Lists the sessions of a file, wherever it lies. What is open already is not opened again. Throws Fault NO_FILE or BAD_RECORDING. */
  async openAt(path: string): Promise<SessionInfo[]> {
    const open = await this.#opened(path)
    if (open.length > 0) return open.map((session) => session.info())
    return list(await RecordingFile.open(path), this.#engine).map((session) => session.info())
  }

  /** Throws Fault NO_SESSION, NOT_RECORDED, EMPTY_PART, RECORDING_CLOSED, the signal's reason, or what the disk says: then there is no file. */
  async export(
    id: string,
    format: PartFormat,
    part: RecordedPart,
    name: string | undefined,
    work: Work,
  ): Promise<Exported> {
    this.#recorded(id)
    return exportPart(
      this.#engine.session(id),
      { format, part, name },
      { folder: this.folder, version: this.#version },
      work,
    )
  }

  /** Throws Fault NO_SESSION, RECORDING_CLOSED, or the signal's reason. */
  async compare(a: string, b: string, work: Work): Promise<Comparison> {
    const [first, second] = [a, b].map((id) => {
      const { rows, settings } = this.#engine.session(id)
      return { rows, role: settings.role }
    }) as [Parameters<typeof sidesOf>[0], Parameters<typeof sidesOf>[0]]
    return compare(...sidesOf(first, second), work)
  }

  /** Throws Fault NO_SESSION, NOT_RECORDED, RECORDING_CLOSED, or the signal's reason. */
  async density(id: string, columns: number, work: Work): Promise<number[]> {
    return density(this.#recorded(id), columns, new Turns(undefined, work))
  }

  /** Throws Fault NO_SESSION, NOT_RECORDED, BEYOND_LOOPBACK, or what keeps the session that sends from opening. */
  async replay(id: string, settings: ReplaySettings): Promise<ReplayInfo> {
    const rows = this.#recorded(id)
    const recorded = this.#engine.session(id)
    const { address, method } = settings.endpoint
    if (!settings.confirmed && !parseEndpoint(address, method).loopback)
      throw new Fault(
        'BEYOND_LOOPBACK',
        `Others than this machine can hear what is sent to ${address}, and would take what was recorded for what happens now.`,
        { address },
      )
    const plan = new Plan(rows, settings)
    const name = recorded.recorded?.file ?? recorded.settings.name
    const live = v.parse(SessionSettingsSchema, {
      role: settings.role,
      name: name.slice(0, 200),
      endpoints: [settings.endpoint],
    })
    const session = await this.#engine.open(live, { demo: true })
    try {
      if (session.state.kind === 'failed') throw Fault.from(session.state.fault)
      if (settings.role === 'publisher') await audience(session)
      // Forgotten meanwhile, it would have nothing to read, and nobody to end it.
      this.#recorded(id)
    } catch (error) {
      if (this.#engine.list().includes(session)) await this.#engine.forget(session.id)
      throw error
    }
    const number = `p${++this.#number}`
    const replay: Replay = new Replay(number, id, plan, settings, session, () => {
      if (this.#replays.has(number)) for (const listener of this.#listeners) listener.replay(replay.info())
    })
    this.#replays.set(number, replay)
    replay.start()
    return replay.info()
  }

  async steer(id: string, to: 'play' | 'pause' | 'step' | 'stop'): Promise<ReplayInfo> {
    const replay = this.#replayOf(id)
    if (to === 'step') await replay.step()
    else replay[to]()
    if (to === 'stop') await this.#engine.forget(replay.session.id)
    return replay.info()
  }

  seek(id: string, time: number): ReplayInfo {
    const replay = this.#replayOf(id)
    replay.seek(time)
    return replay.info()
  }

  speed(id: string, speed: number): ReplayInfo {
    const replay = this.#replayOf(id)
    replay.setSpeed(speed)
    return replay.info()
  }

  /** Ends all of it, what is recorded saved as far as the time goes. To be called while sessions are still there. */
  async close(): Promise<void> {
    this.#unfollow()
    for (const replay of this.#replays.values()) replay.stop()
    const stopped = Promise.all([...this.#recordings.values()].map((each) => each.stop()))
    let timer: NodeJS.Timeout | undefined
    await Promise.race([stopped, new Promise((resolve) => (timer = setTimeout(resolve, LAST_WORDS)))])
    clearTimeout(timer)
    this.#listeners.clear()
    await this.uploads.close()
    await this.folder.end()
  }

  /** A replay ends with the session that it reads, or with the one that sends. */
  #forgetful(): void {
    const there = new Set(this.#engine.list().map(({ id }) => id))
    for (const [id, replay] of this.#replays) {
      if (there.has(replay.of) && there.has(replay.session.id)) continue
      this.#replays.delete(id)
      replay.stop()
      for (const listener of this.#listeners) listener.replay(replay.info())
      if (there.has(replay.session.id)) void this.#engine.forget(replay.session.id)
    }
  }

  /** The sessions of a file, where all of them are listed. */
  async #opened(path: string): Promise<Session[]> {
    const found = await stat(path).catch(() => undefined)
    if (found === undefined) return []
    return this.#engine.list().filter(({ rows }) => {
      if (!(rows instanceof FileJournal) || !rows.file.shared) return false
      return rows.file.path === path && rows.file.identity === identityOf(found)
    })
  }

  /** Names of files that recordings write. */
  #growing(): string[] {
    return [...this.#recordings.values()].flatMap((each) => (each.over ? [] : each.info().files))
  }

  #recorded(id: string): FileJournal {
    const { rows } = this.#engine.session(id)
    if (rows instanceof FileJournal) return rows
    throw new Fault('NOT_RECORDED', 'Only a session of a recording can be replayed or written out. Record it first.', {
      id,
    })
  }

  #replayOf(id: string): Replay {
    const replay = this.#replays.get(id)
    if (replay === undefined) throw new Fault('NO_REPLAY', `There is no replay “${id}”: it is over.`, { id })
    return replay
  }

  /** A name that no file begins with: parts of a split recording have it too. */
  async #free(wanted: string): Promise<string> {
    const names = (await this.folder.list()).map((each) => each.name)
    const pending = [...this.#recordings.values()].flatMap((each) => (each.over ? [] : [each.info().settings.name]))
    const taken = (name: string) =>
      pending.includes(name) || names.some((each) => each === name + RECORDING_SUFFIX || each.startsWith(`${name}-0`))
    let name = wanted
    for (let n = 2; taken(name); n++) name = `${wanted} (${n})`
    return name
  }
}

/** Resolves when somebody has subscribed, or nobody did in time. */
async function audience(session: Session): Promise<void> {
  const heard = () => {
    const { status } = session.info()
    return status.role !== 'publisher' || status.subscriptions.length > 0
  }
  if (heard()) return
  await new Promise<void>((resolve) => {
    const done = () => {
      undo()
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(done, AUDIENCE)
    const undo = session.onChange(() => {
      if (heard()) done()
    })
  })
}

/** A name that sorts by time and that every system takes: `2026-11-27 14.05.09`. */
function named(time: Date): string {
  const two = (n: number) => String(n).padStart(2, '0')
  const day = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join('-')
  return `${day} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join('.')}`
}
