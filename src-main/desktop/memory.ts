import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import * as v from 'valibot'

/** Arrangements of displays that are remembered, and files that are offered again. */
const MOST_DISPLAYS = 16
const MOST_RECENT = 8

const whole = v.pipe(v.number(), v.integer())
const PlaceSchema = v.object({
  x: whole,
  y: whole,
  width: v.pipe(whole, v.minValue(1)),
  height: v.pipe(whole, v.minValue(1)),
  maximized: v.optional(v.boolean(), false),
})
export type Place = v.InferOutput<typeof PlaceSchema>

/** What this machine's windows are like: it belongs to the machine, and so goes into no profile and no workspace. */
const MemorySchema = v.object({
  /** Where windows were last: by the displays that were there, then by what the window shows. */
  places: v.optional(v.record(v.string(), v.record(v.string(), PlaceSchema)), {}),
  /** Electron's zoom level; Chromium has one for all pages of an origin. */
  zoom: v.optional(v.pipe(v.number(), v.minValue(-8), v.maxValue(9)), 0),
  /** Paths of workspaces and recordings, newest first. */
  recent: v.optional(v.array(v.string()), []),
})
type Remembered = v.InferOutput<typeof MemorySchema>

/** Remembered from start to start, in a file that may be lost without harm: what cannot be read is forgotten, what cannot be written is not kept. */
export class Memory {
  readonly #file: string
  readonly #listeners: (() => void)[] = []
  #remembered: Remembered

  constructor(file: string) {
    this.#file = file
    this.#remembered = read(file)
  }

  get zoom(): number {
    return this.#remembered.zoom
  }
  get recent(): readonly string[] {
    return this.#remembered.recent
  }

  place(displays: string, what: string): Place | undefined {
    return this.#remembered.places[displays]?.[what]
  }

  keepPlace(displays: string, what: string, place: Place, zoom: number): void {
    const others = Object.entries(this.#remembered.places).filter(([key]) => key !== displays)
    const here = { ...this.#remembered.places[displays], [what]: place }
    this.#write({ places: Object.fromEntries([...others.slice(1 - MOST_DISPLAYS), [displays, here]]), zoom })
  }

  opened(path: string): void {
    this.#write({ recent: [path, ...this.recent.filter((each) => each !== path)].slice(0, MOST_RECENT) })
  }
  forget(path?: string): void {
    this.#write({ recent: path === undefined ? [] : this.recent.filter((each) => each !== path) })
  }

  /** Called when other files are offered. */
  onRecent(listener: () => void): void {
    this.#listeners.push(listener)
  }

  #write(change: Partial<Remembered>): void {
    this.#remembered = { ...this.#remembered, ...change }
    try {
      mkdirSync(dirname(this.#file), { recursive: true })
      const next = `${this.#file}.new`
      writeFileSync(next, JSON.stringify(this.#remembered))
      renameSync(next, this.#file)
    } catch (error) {
      console.error(`Could not keep where windows are: ${String(error)}`)
    }
    if (change.recent !== undefined) for (const listener of this.#listeners) listener()
  }
}

function read(file: string): Remembered {
  try {
    return v.parse(MemorySchema, JSON.parse(readFileSync(file, 'utf8')))
  } catch {
    return v.parse(MemorySchema, {})
  }
}
