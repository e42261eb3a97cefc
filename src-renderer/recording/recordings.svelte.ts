import {
  Fault,
  type FaultShape,
  type RecordingFileInfo,
  type RecordingInfo,
  type RecordingSettingsInput,
  type ReplayInfo,
  type ReplaySettingsInput,
  type SessionInfo,
} from '../../src-main/contract/index.js'
import type { SessionView } from '../state/session.svelte.js'
import { faultOf } from '../state/fault-of.js'
import type { Workbench } from '../state/workbench.svelte.js'
import { RecordingComparison } from './comparison.svelte.js'
import { Task } from '../state/task.svelte.js'
import { upload } from './upload.js'

const ended = (info: RecordingInfo): boolean => info.state === 'stopped' || info.state === 'failed'

/** What is recorded and replayed, as this window knows it, and the files of the recordings folder. */
export class RecordingDesk {
  readonly bench: Workbench
  /** The file that is being handed over. */
  readonly upload: Task
  readonly comparison: RecordingComparison
  #folder = $state('')
  #files = $state.raw<readonly RecordingFileInfo[]>([])
  #recordings = $state.raw<readonly RecordingInfo[]>([])
  #replays = $state.raw<readonly ReplayInfo[]>([])
  /** The file that was taken away last, and can be had back. */
  #removed = $state<string | undefined>(undefined)
  #fault = $state.raw<FaultShape | undefined>(undefined)

  constructor(bench: Workbench) {
    this.bench = bench
    this.upload = new Task(bench.caller)
    this.comparison = new RecordingComparison(bench)
    bench.caller.on('recording', (info) => {
      const before = this.#recordings.find(({ id }) => id === info.id)
      // It ended by itself: a person is to hear of it wherever they are.
      if (info.fault !== undefined && before?.fault === undefined) bench.tell(Fault.from(info.fault))
      this.#recordings = put(this.#recordings, info)
      if (ended(info)) void this.refresh()
    })
    bench.caller.on('replay', (info) => (this.#replays = put(this.#replays, info)))
    bench.caller.on('recordingFile', ({ sessions }) => this.#show(sessions))
  }

  /** Whether the folder may be on another machine: then its files are offered as downloads. */
  get downloads(): boolean {
    return this.bench.app?.host === 'browser'
  }
  get folder(): string {
    return this.#folder
  }
  get files(): readonly RecordingFileInfo[] {
    return this.#files
  }
  /** Those that go on, or wait for their time or trigger. */
  readonly running: readonly RecordingInfo[] = $derived(this.#recordings.filter((info) => !ended(info)))
  /** Those that are over, the last one first. */
  readonly over: readonly RecordingInfo[] = $derived(this.#recordings.filter(ended).toReversed())
  get removed(): string | undefined {
    return this.#removed
  }
  get fault(): FaultShape | undefined {
    return this.#fault
  }
  dismiss(): void {
    this.#fault = undefined
  }

  /** The replay of a recorded session that goes on or rests. */
  replayOf(session: SessionView): ReplayInfo | undefined {
    return this.#replays.findLast(({ of }) => of === session.id)
  }

  async refresh(): Promise<void> {
    await this.#attempt(async () => {
      const { folder, files, recordings, replays } = await this.bench.caller.call('recording.list')
      this.#folder = folder
      this.#files = files
      this.#recordings = recordings
      this.#replays = replays
    })
  }

  /** Everything, from now on, unless told otherwise. */
  async start(settings: RecordingSettingsInput = { sessions: 'all' }): Promise<boolean> {
    return this.#attempt(async () => {
      this.#recordings = put(this.#recordings, await this.bench.caller.call('recording.start', { settings }))
      await this.refresh()
    })
  }
  async stop(id: string): Promise<void> {
    await this.#attempt(async () => {
      this.#recordings = put(this.#recordings, await this.bench.caller.call('recording.stop', { id }))
      await this.refresh()
    })
  }
  /** Shows the sessions of a file. */
  async open(name: string): Promise<boolean> {
    return this.#attempt(async () => this.#show(await this.bench.caller.call('recording.open', { name })))
  }
  /** What is picked last is what is seen: the one with the latest message. */
  #show(opened: readonly SessionInfo[]): void {
    this.bench.show(opened.toSorted((a, b) => (a.recorded?.to ?? 0) - (b.recorded?.to ?? 0)))
  }
  async remove(name: string): Promise<void> {
    await this.#attempt(async () => {
      await this.bench.caller.call('recording.remove', { name })
      this.#removed = name
      await this.refresh()
    })
  }
  /** Gives a file another name; its ending stays. */
  async rename(name: string, to: string): Promise<boolean> {
    return this.#attempt(async () => {
      await this.bench.caller.call('recording.rename', { name, to })
      if (this.#removed === name) this.#removed = undefined
      await this.refresh()
    })
  }
  /** Takes a file of this machine into the folder, and shows its sessions. */
  async bring(file: File): Promise<boolean> {
    const { caller } = this.bench
    const name = await this.upload.run((_, signal, progress) => upload(caller, file, signal, progress))
    await this.refresh()
    return name !== undefined && this.open(name)
  }
  async restore(): Promise<void> {
    const name = this.#removed
    if (name === undefined) return
    await this.#attempt(async () => {
      await this.bench.caller.call('recording.restore', { name })
      this.#removed = undefined
      await this.refresh()
    })
  }

  /** Plays a recorded session to the wire. Rejects with the Fault; BEYOND_LOOPBACK asks for a confirmation. */
  async replay(session: SessionView, settings: ReplaySettingsInput): Promise<void> {
    this.#replays = put(this.#replays, await this.bench.caller.call('replay.start', { id: session.id, settings }))
  }
  async steer({ id }: ReplayInfo, to: 'play' | 'pause' | 'step' | 'stop'): Promise<void> {
    const info = await this.bench.caller.call('replay.steer', { id, to })
    this.#replays = to === 'stop' ? this.#replays.filter((each) => each.id !== id) : put(this.#replays, info)
  }
  async seek({ id }: ReplayInfo, time: number): Promise<void> {
    this.#replays = put(this.#replays, await this.bench.caller.call('replay.seek', { id, time }))
  }
  async speed({ id }: ReplayInfo, speed: number): Promise<void> {
    this.#replays = put(this.#replays, await this.bench.caller.call('replay.speed', { id, speed }))
  }

  async #attempt(action: () => Promise<void>): Promise<boolean> {
    this.#fault = undefined
    try {
      await action()
      return true
    } catch (error) {
      this.#fault = faultOf(error)
      return false
    }
  }
}

function put<T extends { readonly id: string }>(all: readonly T[], one: T): readonly T[] {
  return all.some(({ id }) => id === one.id) ? all.map((each) => (each.id === one.id ? one : each)) : [...all, one]
}
