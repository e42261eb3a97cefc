import {
  MAX_PIECE,
  MAX_TASKS,
  MAX_WORK_TEXT,
  type Distribution,
  type FaultShape,
  type TaskId,
  type WorkFormat,
  type WorkInput,
} from '../../../../src-main/contract/index.js'
import { numberIn, wholeIn } from '../../../lib/number-in.js'
import { m } from '../../../paraglide/messages.js'
import { readJson } from '../../../state/profile.svelte.js'
import { faultOf, type Workbench } from '../../../state/workbench.svelte.js'
import type { Runs } from '../runs/runs.svelte.js'
import { readDistribution, type CostFigures } from './cost.js'

const KEY = 'pipeline work'
export type Source = 'generate' | 'type' | 'file'

/** What is written in the form, kept between two runs. A file is not. */
interface Kept {
  source: Source
  text: string
  format: WorkFormat
  count: string
  rate: string
  template: string
  size: string
  cost: Distribution['kind']
  costs: CostFigures
  id: TaskId['kind']
  field: string
}

const blank: Kept = {
  source: 'generate',
  text: '',
  format: 'lines',
  count: '1000',
  rate: '0',
  template: '{"n":{{n}},"cost":{{cost}}}',
  size: '0',
  cost: 'fixed',
  costs: { ms: '0', min: '1', max: '10', mean: '5', heavyMin: '1', shape: '1.2', heavyMax: '1000' },
  id: 'frame',
  field: 'task',
}

/** The form of new work: what tasks are made of, and how they are known again. */
export class MakeWork {
  readonly #bench: Workbench
  readonly #runs: Runs
  form = $state<Kept>(structuredClone(blank))
  file = $state.raw<File | undefined>(undefined)
  open = $state(false)
  busy = $state(false)
  fault = $state.raw<FaultShape | undefined>(undefined)
  /** The ventilator that makes it; '' picks the one that is open. */
  session = $state('')

  constructor(bench: Workbench, runs: Runs) {
    this.#bench = bench
    this.#runs = runs
    const kept = readJson<Partial<Kept>>(bench.profile.draft(KEY))
    this.form = { ...structuredClone(blank), ...kept, costs: { ...blank.costs, ...kept?.costs } }
    if (this.form.source === 'file') this.form.source = 'generate'
  }

  readonly ventilators = $derived.by(() => this.#bench.ofRole('ventilator').filter(({ open }) => open))
  readonly ventilator = $derived(this.ventilators.find(({ id }) => id === this.session) ?? this.ventilators.at(-1))

  /** The form's fields that will not do, and why. */
  readonly bad = $derived.by((): ReadonlyMap<string, string> => {
    const bad = new Map<string, string>()
    const { form } = this
    if (form.source === 'generate') {
      if (wholeIn(form.count, 0, MAX_TASKS) === undefined) bad.set('count', m.work_bad_count({ most: MAX_TASKS }))
      if (numberIn(form.rate, 0, 1_000_000) === undefined) bad.set('rate', m.work_bad_rate())
      if (wholeIn(form.size, 0, 16 * 1024 * 1024) === undefined) bad.set('size', m.work_bad_size())
      if (readDistribution(this.form.cost, this.form.costs) === undefined) bad.set('cost', m.work_bad_cost())
    }
    if (form.source === 'type' && form.text.trim() === '') bad.set('text', m.work_no_text())
    if (form.source === 'type' && form.text.length > MAX_WORK_TEXT) bad.set('text', m.work_long_text())
    if (form.source === 'file' && this.file === undefined) bad.set('file', m.work_no_file())
    if (form.id === 'json' && form.field === '') bad.set('field', m.work_no_field())
    return bad
  })

  /** A file was chosen or dropped; its name says how it reads. */
  take(file: File): void {
    this.file = file
    this.form.source = 'file'
    this.form.format = /\.csv$/i.test(file.name) ? 'csv' : /\.(jsonl|ndjson)$/i.test(file.name) ? 'jsonl' : 'lines'
  }

  get taskId(): TaskId {
    const { id, field } = this.form
    return id === 'json' ? { kind: 'json', field } : { kind: id }
  }

  /** What is written, as the engine takes it. Call it once `bad` is empty. */
  get work(): WorkInput {
    const { form } = this
    switch (form.source) {
      case 'type':
        return { kind: 'text', text: form.text, format: form.format }
      case 'file':
        return { kind: 'feed', format: form.format, name: this.file?.name ?? '', bytes: this.file?.size }
      case 'generate':
        return {
          kind: 'generate',
          count: wholeIn(form.count, 0, MAX_TASKS) ?? 0,
          rate: numberIn(form.rate, 0, 1_000_000) ?? 0,
          template: form.template,
          cost: readDistribution(this.form.cost, this.form.costs) ?? { kind: 'fixed', ms: 0 },
          size: wholeIn(form.size, 0, 16 * 1024 * 1024) ?? 0,
        }
    }
  }

  /** Keeps what is written. */
  keep(): void {
    const { text, ...form } = $state.snapshot(this.form)
    this.#bench.profile.setDraft(KEY, JSON.stringify({ ...form, text: text.length > 20_000 ? '' : text }))
  }

  /** Begins a run. Says whether that went well; a file is fed on behind it. */
  async start(): Promise<boolean> {
    const { ventilator, file } = this
    if (this.busy || ventilator === undefined || this.bad.size > 0) return false
    this.busy = true
    this.fault = undefined
    try {
      const { settings } = ventilator
      if (settings.role === 'ventilator' && JSON.stringify(settings.taskId) !== JSON.stringify(this.taskId))
        ventilator.change(
          await this.#bench.caller.call('pipeline.tune', { id: ventilator.id, ventilator: { taskId: this.taskId } }),
        )
      const run = await this.#runs.start(ventilator.id, this.work)
      if (this.form.source === 'file' && file !== undefined) void this.#feed(run.id, file)
      this.open = false
      return true
    } catch (error) {
      this.fault = faultOf(error)
      return false
    } finally {
      this.busy = false
    }
  }

  async #feed(run: string, file: File): Promise<void> {
    try {
      await feed(file, (text, last) => this.#bench.caller.call('pipeline.feed', { run, text, last }))
    } catch (error) {
      // A run that was stopped wants no more of its file.
      const fault = faultOf(error)
      if (fault.code !== 'NOT_FED' && fault.code !== 'NO_RUN') this.#runs.fault = fault
    }
  }
}

/** Bytes read at once: as text never over what one piece may have. */
const PIECE = MAX_PIECE / 4

/** Reads a file in pieces of text, and hands each over when the one before was taken. A sign that lies across two pieces is in the second. */
export async function feed(file: Blob, hand: (text: string, last: boolean) => Promise<unknown>): Promise<void> {
  const decoder = new TextDecoder()
  let at = 0
  do {
    const bytes = await file.slice(at, at + PIECE).arrayBuffer()
    at += PIECE
    const last = at >= file.size
    await hand(decoder.decode(bytes, { stream: !last }), last)
  } while (at < file.size)
}
