import { join } from 'node:path'
import {
  Fault,
  RECORDING_SUFFIX,
  type RecordingInfo,
  type RecordingSettings,
  type RecordingState,
} from '../contract/index.js'
import { now } from '../engine/clock.js'
import { codecReady } from './codec.js'
import { Gauge } from './gauge.js'
import { untilDue, whenDue } from './schedule.js'
import type { Source } from './source.js'
import { Sources, type SessionHost } from './sources.js'
import { TakeFile } from './take-file.js'
import { TriggerWatch } from './trigger.js'

/** Milliseconds of one turn of reading, and between turns when all is read. While it is not, it rests as long as it reads. */
const SLICE = 8
const REST = 50
/** Milliseconds between two times that all there is goes to the disk: so nothing is longer than a second on its way. */
const FLUSH = 500
/** Bytes that may wait for the disk. With more nothing is read: messages wait in the journal, as long as they can. */
const MOST_WAITING = 48 * 1024 * 1024
/** Rows between two looks at the clock. */
const STRIDE = 32

export interface RecordingPlace {
  /** Its files go there. */
  readonly folder: string
  /** Files begin so. */
  readonly name: string
  readonly version: string
}

/** Records sessions into MCAP files behind the receive path: no session waits for it, and what it could not have is counted. */
export class Recording {
  readonly id: string
  readonly settings: RecordingSettings
  readonly #place: RecordingPlace
  readonly #changed: () => void
  readonly #sources: Sources
  readonly #watch: TriggerWatch | undefined
  #state: RecordingState = 'scheduled'
  #file: TakeFile | undefined
  /** Files that are closed, and those that are being closed. */
  #closed = { messages: 0, saved: 0, bytes: 0 }
  #closing: Promise<void> = Promise.resolve()
  readonly #files: string[] = []
  #number = 0
  #started = 0
  #ended = 0
  #missing = 0
  #triggered = 0
  #fault: Fault | undefined
  readonly #gauge: Gauge
  #callOff: () => void = () => undefined
  #slow = false
  #timer: NodeJS.Timeout | undefined
  #turn: Promise<void> = Promise.resolve()
  #flushed = 0
  #fileSince = 0
  #runSince = 0
  #stopping: Promise<void> | undefined

  /**
   * @param changed called whenever it is no longer what it was, figures included, a few times a second
   * Throws Fault `BAD_PATTERN` or `BAD_PATH` for its trigger.
   */
  constructor(id: string, settings: RecordingSettings, place: RecordingPlace, host: SessionHost, changed: () => void) {
    this.id = id
    this.settings = settings
    this.#place = place
    this.#changed = changed
    this.#gauge = new Gauge(join(place.folder, place.name))
    this.#sources = new Sources(host, settings, (source) => {
      while (this.#one(source));
      // Between two files, or with a full disk, there is nowhere to write them. While it waits for its trigger nobody has asked for them.
      if (this.#state !== 'armed') this.#missing += source.drop()
    })
    this.#watch = settings.trigger === undefined ? undefined : new TriggerWatch(settings.trigger)
  }

  info(): RecordingInfo {
    const file = this.#file
    const messages = this.#closed.messages + (file?.messages ?? 0)
    return {
      id: this.id,
      settings: this.settings,
      state: this.#state,
      files: [...this.#files],
      started: this.#started,
      ended: this.#ended,
      messages,
      saved: this.#closed.saved + (file?.saved ?? 0),
      savedUntil: file?.savedUntil ?? this.#ended,
      missing: this.#missing,
      bytes: this.#bytes(),
      rate: this.#gauge.rate,
      waiting: file?.disk.waiting ?? 0,
      slow: this.#slow,
      ...(this.#gauge.spaceLeft === undefined ? {} : { spaceLeft: this.#gauge.spaceLeft }),
      triggered: this.#triggered,
      ...(this.#fault === undefined ? {} : { fault: this.#fault.shape() }),
    }
  }

  /** Whether it is over. */
  get over(): boolean {
    return this.#state === 'stopped' || this.#state === 'failed'
  }

  /** Begins, or waits for its time or its trigger. Throws the Fault that keeps its file from being made. */
  async start(): Promise<void> {
    await codecReady
    const wait = untilDue(this.settings, false)
    if (wait > 0) return this.#later(wait)
    const begun = this.#turn.then(() => this.#begin())
    this.#turn = begun.catch(() => this.#sources.end())
    await begun
  }

  /** Writes what is left and closes its file. Never rejects: look at the state. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop()
    return this.#stopping
  }

  async #stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#callOff()
    await this.#turn
    if (this.over) return
    this.#sources.seal()
    if (this.#state === 'recording' && this.#file !== undefined) {
      this.#set('stopping')
      const { disk } = this.#file
      while (disk.fault === undefined && this.#read(performance.now() + SLICE)) await this.#rest()
    }
    await this.#finish()
    this.#over()
  }

  #over(): void {
    this.#sources.end()
    clearTimeout(this.#timer)
    this.#ended = now()
    this.#set(this.#fault === undefined ? 'stopped' : 'failed')
  }

  #later(wait: number): void {
    if (this.#stopping !== undefined) return
    this.#callOff = whenDue(wait, () => this.#take(() => this.#begin()))
  }

  /** All that is done goes one behind the other, so that who stops it can wait for the last of it: a file that is just being made is to have an end, too. */
  #take(work: () => Promise<void>): void {
    this.#turn = this.#turn.then(work).catch((error: unknown) => this.#fail(error))
  }

  async #begin(): Promise<void> {
    this.#runSince = now()
    this.#sources.begin()
    if (this.#watch === undefined) await this.#open()
    else this.#set('armed')
    this.#flushed = performance.now()
    this.#next(0)
  }

  async #open(): Promise<void> {
    this.#number++
    const suffix = this.#number === 1 ? '' : `-${String(this.#number).padStart(3, '0')}`
    const name = `${this.#place.name}${suffix}${RECORDING_SUFFIX}`
    const file = await TakeFile.create(join(this.#place.folder, name), name, this.#place.version, now())
    this.#files.push(name)
    this.#file = file
    this.#fileSince = now()
    this.#started ||= now()
    this.#sources.into(file)
    this.#set('recording')
    void this.#gauge.look()
  }

  #next(wait: number): void {
    // Until its next time there is nothing to look for; that one goes on by itself.
    if (this.over || this.#state === 'scheduled' || this.#stopping !== undefined) return
    this.#timer = setTimeout(() => this.#take(() => this.#tick()), wait)
    // A recording is worth staying for; waiting for a trigger is not.
    if (this.#state !== 'recording') this.#timer.unref()
  }

  async #tick(): Promise<void> {
    const began = performance.now()
    if (this.#state === 'armed') await this.#listen(began + SLICE)
    if (this.#state === 'recording') await this.#housekeeping(this.#read(began + SLICE, this.#watch?.until))
    const behind = this.#sources.behind && !this.#slow
    const took = performance.now() - began
    this.#next(behind ? Math.max(1, Math.min(took, SLICE * 2)) : REST)
  }

  /** Waits for the trigger. */
  async #listen(end: number): Promise<void> {
    const watch = this.#watch!
    const { pulled, missing } = watch.listen(this.#sources, end)
    this.#missing += missing
    if (!pulled) return
    this.#triggered++
    await this.#open()
  }

  /**
   * Reads on, every session in its turn.
   * @param until rows after this time are left, ms since 1970
   * @returns whether there is more
   */
  #read(end: number, until = Infinity): boolean {
    const file = this.#file
    if (file === undefined) return false
    this.#slow = file.disk.waiting > MOST_WAITING
    for (const source of this.#sources) {
      if (this.#watch !== undefined && this.#watch.session(source.session, now())) this.#triggered++
      let rows = 0
      while (file.disk.waiting <= MOST_WAITING && this.#one(source, until))
        if (++rows % STRIDE === 0 && performance.now() > end) break
      // Counted also while nothing is read.
      this.#missing += source.lose()
    }
    return this.#sources.behind
  }

  /** Writes the next row of a session; false when there is none to write. */
  #one(source: Source, until = Infinity): boolean {
    const file = this.#file
    if (file === undefined || file.disk.fault !== undefined) return false
    this.#missing += source.lose()
    const { rows } = source.session
    if (source.next > Math.min(source.end, rows.last)) return false
    const slab = rows.slabOf(source.next)
    if (slab === undefined) return false
    const i = source.next - slab.firstSeq
    if (slab.time(i) > until && !(this.#watch?.row(slab, i) ?? false)) return false
    source.write(file, slab, i, this.settings.json)
    source.next++
    return true
  }

  /** What is to be done now and then: flush, split, end. */
  async #housekeeping(behind: boolean): Promise<void> {
    const file = this.#file
    if (file === undefined) return
    if (file.disk.fault !== undefined) {
      this.#fault = file.disk.fault
      await this.#finish()
      return this.#over()
    }
    const at = now()
    const { splitBytes, splitSeconds, stopAfter, stopBytes } = this.settings
    if (performance.now() - this.#flushed >= FLUSH) {
      this.#flushed = performance.now()
      file.flush(behind ? 0 : at)
      void file.sync()
      void this.#gauge.look()
      this.#gauge.measure(this.#bytes(), at)
      this.#changed()
    }
    const done =
      (stopAfter !== undefined && at >= this.#runSince + stopAfter * 1000) ||
      (stopBytes !== undefined && this.#bytes() >= stopBytes)
    if (done) return this.#runOver()
    if (this.#watch !== undefined && at > this.#watch.until + REST && !this.#watch.wants(this.#sources))
      return this.#pause()
    if (
      (splitBytes !== undefined && file.disk.given >= splitBytes) ||
      (splitSeconds !== undefined && at >= this.#fileSince + splitSeconds * 1000)
    ) {
      this.#closeFile(file)
      await this.#open()
    }
  }

  /** Its time is over: for good, or until the next. */
  async #runOver(): Promise<void> {
    if (this.settings.every === undefined || this.settings.at === undefined) {
      void this.stop()
      return
    }
    await this.#finish()
    this.#sources.end()
    this.#set('scheduled')
    this.#later(untilDue(this.settings, true))
  }

  /** What the trigger was pulled for is recorded. */
  async #pause(): Promise<void> {
    if (!this.#watch!.trigger.again) {
      void this.stop()
      return
    }
    await this.#finish()
    this.#watch!.rest()
    this.#set('armed')
  }

  #closeFile(file: TakeFile): void {
    this.#file = undefined
    this.#sources.into(undefined)
    this.#closed.messages += file.messages
    const told = { bytes: file.disk.written, missing: this.#missing }
    this.#closed.bytes += told.bytes
    this.#closing = this.#closing.then(async () => {
      await file.close({
        messages: file.messages,
        bytes: file.bytes,
        missing: told.missing,
        ended: new Date(now()).toISOString(),
      })
      this.#closed.saved += file.saved
      this.#closed.bytes += file.disk.saved - told.bytes
      if (file.disk.fault !== undefined) this.#fault ??= file.disk.fault
      // What a full disk did not take will never be there.
      this.#missing += file.messages - file.saved
    })
  }

  async #finish(): Promise<void> {
    if (this.#file !== undefined) this.#closeFile(this.#file)
    await this.#closing
    this.#gauge.rest()
    await this.#gauge.look()
  }

  async #fail(error: unknown): Promise<void> {
    this.#fault ??= error instanceof Fault ? error : new Fault('INTERNAL', String(error), undefined, { cause: error })
    await this.#finish()
    this.#over()
  }

  #bytes(): number {
    return this.#closed.bytes + (this.#file?.disk.written ?? 0)
  }

  #set(state: RecordingState): void {
    this.#state = state
    this.#changed()
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, this.#slow ? REST : 1))
  }
}
