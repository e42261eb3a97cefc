import {
  Fault,
  type FaultShape,
  type Match,
  type Rule,
  type RuleAnswer,
  type RuleTrial,
} from '../../../../src-main/contract/index.js'
import { encode } from '../../../../src-main/payload/index.js'
import type { Caller } from '../../../bridge/client.js'
import { faultOf } from '../../../state/workbench.svelte.js'
import type { ProfileState } from '../../../state/profile.svelte.js'
import type { SessionView } from '../../../state/session.svelte.js'
import { newId } from '../../../lib/new-id.js'
import { m } from '../../../paraglide/messages.js'
import { MAX_RULES_FILE, readRulesFile, withOwnIds } from './rules-file.js'

/** Milliseconds that typing may rest before the engine is asked what it thinks of the rules. */
const PAUSE = 150

/** What is wrong with one rule, and in which of its fields. */
export interface RuleProblem {
  readonly rule: string
  readonly field: 'match' | 'answer'
  readonly fault: FaultShape
}

/** A way back from something that took rules away. */
interface Undo {
  readonly rules: readonly Rule[]
  readonly selected: string
  readonly words: string
}

/**
 * A server's rules being written. What is written is a draft until it is applied: a rule can be tried on a sample before any client meets it.
 * The draft outlives the dialog that shows it.
 */
export class RuleEditor {
  readonly session: SessionView
  readonly #caller: Caller
  readonly #profile: ProfileState
  #draft = $state.raw<readonly Rule[] | undefined>(undefined)
  #selected = $state('')
  #sample = $state('')
  #trial = $state.raw<RuleTrial | undefined>(undefined)
  #problem = $state.raw<RuleProblem | undefined>(undefined)
  #fault = $state.raw<FaultShape | undefined>(undefined)
  #undo = $state.raw<Undo | undefined>(undefined)
  #busy = $state(false)
  #timer: ReturnType<typeof setTimeout> | undefined
  #asked = 0

  constructor(caller: Caller, profile: ProfileState, session: SessionView) {
    this.#caller = caller
    this.#profile = profile
    this.session = session
  }

  /** Those that answer clients now. */
  readonly inForce: readonly Rule[] = $derived.by(() => {
    const { settings } = this.session
    return settings.role === 'server' ? settings.rules : []
  })
  /** Those that are being written. */
  readonly rules: readonly Rule[] = $derived(this.#draft ?? this.inForce)
  /** Whether they differ. */
  readonly dirty: boolean = $derived(
    this.#draft !== undefined && JSON.stringify(this.#draft) !== JSON.stringify(this.inForce),
  )
  readonly selected: Rule | undefined = $derived(this.rules.find(({ id }) => id === this.#selected) ?? this.rules[0])
  readonly at: number = $derived(this.selected === undefined ? -1 : this.rules.indexOf(this.selected))
  /** Whether nobody waits for a correction: then they can be applied. */
  get sound(): boolean {
    return this.#problem === undefined
  }
  get problem(): RuleProblem | undefined {
    return this.#problem
  }
  /** What the last act failed with. */
  get fault(): FaultShape | undefined {
    return this.#fault
  }
  get trial(): RuleTrial | undefined {
    return this.#trial
  }
  get undoable(): string | undefined {
    return this.#undo?.words
  }
  get busy(): boolean {
    return this.#busy
  }
  get sets() {
    return this.#profile.rules
  }
  get sample(): string {
    return this.#sample
  }
  set sample(text: string) {
    this.#sample = text
    this.#check()
  }
  /** Answers that a rule has given. */
  count(id: string): number {
    return this.session.status('server')?.rules.find((rule) => rule.id === id)?.count ?? 0
  }

  /** The dialog is opened. */
  open(): void {
    this.#fault = undefined
    this.#check(0)
  }
  dismiss(): void {
    this.#fault = undefined
  }

  select(id: string): void {
    this.#selected = id
  }
  step(by: number): void {
    const to = this.rules[Math.min(Math.max(this.at + by, 0), this.rules.length - 1)]
    if (to !== undefined) this.select(to.id)
  }

  add(): void {
    this.#insert({
      id: newId(),
      name: '',
      on: true,
      match: { kind: 'contains', text: '' },
      answer: { kind: 'text', text: 'ok' },
      delay: { min: 0, max: 0 },
      fault: 'none',
      lateBy: 6000,
    })
  }
  duplicate(): void {
    if (this.selected !== undefined)
      this.#insert({
        ...this.selected,
        id: newId(),
        name: this.selected.name && m.rule_copy({ name: this.selected.name }),
      })
  }
  remove(): void {
    const { selected, at } = this
    if (selected === undefined) return
    this.#keep(m.rules_deleted())
    this.#set(this.rules.toSpliced(at, 1))
    this.select((this.rules[at] ?? this.rules[at - 1])?.id ?? '')
  }
  undo(): void {
    const undo = this.#undo
    if (undo === undefined) return
    this.#undo = undefined
    this.#set(undo.rules)
    this.select(undo.selected)
  }
  /** Moves a rule to where another is. */
  move(from: number, to: number): void {
    const rule = this.rules[from]
    if (rule === undefined || from === to || to < 0 || to >= this.rules.length) return
    this.#set(this.rules.toSpliced(from, 1).toSpliced(to, 0, rule))
    this.select(rule.id)
  }
  change(id: string, change: Partial<Rule>): void {
    this.#set(this.rules.map((rule) => (rule.id === id ? { ...rule, ...change } : rule)))
  }
  /** Another kind of match; what was written for the one before goes with it where it fits. */
  matchAs(rule: Rule, kind: Match['kind']): void {
    const { match } = rule
    const text =
      match.kind === 'regex'
        ? match.pattern
        : match.kind === 'json'
          ? match.value
          : match.kind === 'anything'
            ? ''
            : match.text
    const next: Record<Match['kind'], () => Match> = {
      anything: () => ({ kind: 'anything' }),
      equals: () => ({ kind: 'equals', text }),
      contains: () => ({ kind: 'contains', text }),
      regex: () => ({ kind: 'regex', pattern: text }),
      json: () => ({ kind: 'json', path: '', value: text }),
    }
    this.change(rule.id, { match: next[kind]() })
  }
  answerAs(rule: Rule, kind: RuleAnswer['kind']): void {
    const text = rule.answer.kind === 'echo' ? '' : rule.answer.text
    this.change(rule.id, { answer: kind === 'echo' ? { kind } : { kind, text } })
  }

  /** Drops the draft for what is in force. */
  discard(): void {
    this.#keep(m.rules_discarded())
    this.#draft = undefined
    this.#check(0)
  }
  /** Puts the draft in force, without closing anything. */
  async apply(): Promise<boolean> {
    this.#busy = true
    this.#fault = undefined
    try {
      await this.session.setRules(this.rules)
      this.#draft = undefined
      this.#undo = undefined
      return true
    } catch (error) {
      this.#fail(error)
      return false
    } finally {
      this.#busy = false
    }
  }

  /** Keeps the draft under a name; one of the same name is replaced. */
  saveAs(name: string): void {
    const trimmed = name.trim()
    if (trimmed === '') return
    const known = this.sets.find((set) => set.name === trimmed)
    const set = { id: known?.id ?? newId(), name: trimmed, rules: [...this.rules] }
    this.#profile.setRules(
      known === undefined ? [...this.sets, set] : this.sets.map((each) => (each === known ? set : each)),
    )
  }
  load(id: string): void {
    const set = this.sets.find((each) => each.id === id)
    if (set !== undefined) this.#replace(set.rules, m.rules_loaded({ name: set.name }))
  }
  forget(id: string): void {
    this.#profile.setRules(this.sets.filter((set) => set.id !== id))
  }
  /** Takes the rules of a file as the draft. What it is and is not, is said in `fault`. */
  async import(file: File): Promise<void> {
    this.#fault = undefined
    try {
      if (file.size > MAX_RULES_FILE) throw new Fault('BAD_RULES_FILE', m.rules_file_big({ file: file.name }))
      const { rules } = readRulesFile(file.name, await file.text())
      this.#replace(rules, m.rules_imported({ name: file.name }))
    } catch (error) {
      this.#fault = faultOf(error)
    }
  }

  #insert(rule: Rule): void {
    this.#set(this.rules.toSpliced(this.at + 1, 0, rule))
    this.select(rule.id)
  }
  #replace(rules: readonly Rule[], words: string): void {
    this.#keep(words)
    this.#set(withOwnIds(rules))
    this.select(this.rules[0]?.id ?? '')
  }
  #keep(words: string): void {
    this.#undo = { rules: this.rules, selected: this.selected?.id ?? '', words }
  }
  #set(rules: readonly Rule[]): void {
    this.#draft = rules
    this.#check()
  }

  #check(pause = PAUSE): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => void this.#try(), pause)
  }
  /** Has the engine judge the draft, and what it would do with the sample. */
  async #try(): Promise<void> {
    const asked = ++this.#asked
    try {
      const frames = [encode(this.#sample, 'text') as Uint8Array<ArrayBuffer>]
      const trial = await this.#caller.call('rules.try', { rules: [...this.rules], frames })
      if (asked !== this.#asked) return
      this.#trial = trial
      this.#problem = undefined
    } catch (error) {
      if (asked === this.#asked) this.#fail(error)
    }
  }
  #fail(error: unknown): void {
    const problem = problemOf(error)
    if (problem === undefined) this.#fault = faultOf(error)
    else this.#problem = problem
    this.#trial = undefined
  }
}

/** A bad rule's fault, told as the fault of its field. */
export function problemOf(error: unknown): RuleProblem | undefined {
  if (!(error instanceof Fault) || error.code !== 'BAD_RULE') return undefined
  const { rule, field, reason, message, ...detail } = error.detail ?? {}
  const fault = { code: String(reason), message: typeof message === 'string' ? message : error.message, detail }
  return { rule: String(rule), field: field === 'answer' ? 'answer' : 'match', fault }
}
