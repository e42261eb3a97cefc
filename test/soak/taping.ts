import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as v from 'valibot'
import {
  RecordingSettingsSchema,
  type RecordingInfo,
  type RecordingSettingsInput,
} from '../../src-main/contract/index.js'
import type { Engine } from '../../src-main/engine/engine.js'
import type { Session } from '../../src-main/engine/session.js'
import { RecordingFile } from '../../src-main/recording/file.js'
import { sessionsOf } from '../../src-main/recording/opened.js'
import { Recordings } from '../../src-main/recording/recordings.js'
import type { Dice } from './dice.js'
import { emptyTally, pause, type Fault, type Flow } from './flow.js'

/** Bytes of one file: small, so that there are several. */
const SPLIT = 4 * 1024 * 1024
/** Rows that are gone through between two turns of the event loop. */
const SLICE = 5000

/**
 * One session is recorded all along, whatever happens to it. Promised: each message that it received is in the files once and in order, or counted as missing. Others are recorded
 * beside it for a moment, all that the engine has: what such a recording calls saved is found when it is opened.
 */
export class Taping implements Flow {
  readonly name = 'recording'
  readonly tally = emptyTally()
  readonly faults: readonly Fault[]
  readonly #folder = mkdtempSync(join(tmpdir(), 'socketeer-soak-'))
  readonly #engine: Engine
  readonly #session: Session
  readonly #recordings: Recordings
  #id = ''
  #stop: () => void = () => undefined

  private constructor(engine: Engine, session: Session) {
    this.#engine = engine
    this.#session = session
    this.#recordings = new Recordings({ engine, folder: this.#folder, version: 'soak' })
    this.faults = [
      { name: 'all recorded for a moment', inject: (dice) => this.#beside(dice) },
      { name: 'what is recorded opened and searched', inject: () => this.#search() },
    ]
  }

  /** @param session is recorded from its first row on. Its payloads are `EPOCH NUMBER` in the second frame, each greater than the one before. */
  static async open(engine: Engine, session: Session): Promise<Taping> {
    const taping = new Taping(engine, session)
    taping.#id = (await taping.#start({ sessions: [session.id], name: 'all along', past: true, splitBytes: SPLIT })).id
    return taping
  }

  run(): Promise<void> {
    return new Promise((resolve) => (this.#stop = resolve))
  }
  stop(): void {
    this.#stop()
  }

  async settle(): Promise<void> {
    const { tally } = this
    const info = await this.#recordings.stop(this.#id)
    this.#judge(info)
    tally.sent = this.#session.numbers().in.messages
    tally.lost = info.missing
    for (const name of info.files) await this.#read(name)
    if (tally.received !== info.saved)
      tally.unexplained.push(
        `${info.saved} are said to be saved, and ${tally.received} were in ${info.files.length} files`,
      )
    if (tally.received + tally.lost !== tally.sent)
      tally.unexplained.push(
        `${tally.sent} came, ${tally.received} are in the files and ${tally.lost} counted as missing`,
      )
    await this.#recordings.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #start(settings: RecordingSettingsInput): Promise<RecordingInfo> {
    return this.#recordings.start(v.parse(RecordingSettingsSchema, settings))
  }

  #judge({ state, messages, saved, fault }: RecordingInfo): void {
    if (state !== 'stopped' || saved !== messages || fault !== undefined)
      this.tally.unexplained.push(
        `a recording ended ${state}, ${saved} of ${messages} saved: ${fault?.message ?? 'no fault'}`,
      )
  }

  /** Goes through a file: what it has was said after all that was in it and in those before. */
  async #read(name: string): Promise<void> {
    const [recorded] = sessionsOf(await RecordingFile.open(this.#recordings.folder.in(name)))
    const { journal } = recorded!
    for (let seq = 1; seq <= journal.last; seq++) {
      this.#take(Buffer.from(journal.row(seq)?.frames[1]?.bytes ?? []).toString())
      if (seq % SLICE === 0) await pause(0)
    }
    journal.close()
  }

  #last: readonly [epoch: number, number: number] = [0, 0]
  #take(text: string): void {
    const [epoch = NaN, number = NaN] = text.split(' ').map(Number)
    this.tally.received++
    if (!(epoch > this.#last[0] || (epoch === this.#last[0] && number > this.#last[1])))
      this.tally.unexplained.push(`recorded was “${text.slice(0, 40)}” after ${this.#last.join(' ')}`)
    this.#last = [epoch, number]
  }

  async #beside(dice: Dice): Promise<void> {
    const { id } = await this.#start({ sessions: 'all', name: 'beside', past: dice.next() < 0.5 })
    await pause(dice.between(50, 1500))
    const info = await this.#recordings.stop(id)
    this.#judge(info)
    const [name] = info.files
    if (name === undefined) return void this.tally.unexplained.push('a recording has no file')
    const opened = await this.#recordings.open(name)
    const found = opened.reduce((sum, { recorded }) => sum + (recorded?.messages ?? 0), 0)
    if (found !== info.saved)
      this.tally.unexplained.push(`${info.saved} are said to be saved, and ${found} were found in a recording of all`)
    for (const session of opened) await this.#engine.forget(session.id)
    await this.#recordings.folder.remove(name)
    await this.#recordings.folder.end()
  }

  /** Looks for what is not there, in a file that is whole already. */
  async #search(): Promise<void> {
    const { files } = await this.#recordings.show()
    const file = files.find(({ growing }) => !growing)
    if (file === undefined) return
    for (const { id } of await this.#recordings.open(file.name)) {
      const session = this.#engine.session(id)
      for (let from = 1, done = false; !done;)
        ({ next: from, done } = await session.search({ text: 'not there' }, from))
      await this.#engine.forget(id)
    }
  }
}
