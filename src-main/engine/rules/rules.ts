import { randomBytes, randomInt } from 'node:crypto'
import { Fault, type Rule, type RuleTrial } from '../../contract/index.js'
import { decodeText, encodeText } from '../../payload/text.js'
import { compileMatch, type Subject } from './match.js'
import { compileTemplate } from './template.js'

const encoder = new TextEncoder()

/** What the first matching rule wants done with a question. */
export interface Verdict {
  readonly rule: Rule
  /** Marks its rows. */
  readonly number: number
  /** Empty when it is not to be answered. */
  readonly frames: readonly Uint8Array[]
  /** Milliseconds to wait before answering. */
  readonly delay: number
}

interface CompiledRule {
  readonly rule: Rule
  readonly matches: (subject: Subject) => boolean
  readonly answer: (body: readonly Uint8Array[], subject: Subject, count: number) => Uint8Array[]
}

/** An ordered list of rules, read once; it counts what each has done. */
export class RuleBook {
  readonly rules: readonly Rule[]
  /** By rule id: answers given, and the number that marks them in rows (1–255; 0 when those have run out). */
  readonly tally: ReadonlyMap<string, { readonly number: number; count: number }>
  /** Numbers are never given twice: rows refer to them. */
  readonly lastNumber: number
  readonly #compiled: readonly CompiledRule[]

  /**
   * Throws Fault `BAD_RULE` that names the rule and its field (`match` or `answer`), and then nothing is in force.
   * @param before whose counts go on, for the rules that stay.
   */
  constructor(rules: readonly Rule[], before?: RuleBook) {
    this.rules = rules
    this.#compiled = rules.map(compile)
    let last = before?.lastNumber ?? 0
    this.tally = new Map(
      rules.map(({ id }) => [id, before?.tally.get(id) ?? { number: last < 255 ? ++last : 0, count: 0 }]),
    )
    this.lastNumber = last
  }

  /** The first rule that is on and matches, with its answer made; undefined when a person has to answer. Counts. */
  judge(body: readonly Uint8Array[]): Verdict | undefined {
    const found = this.#find(body)
    if (found === undefined) return undefined
    const { rule } = found.compiled
    const tally = this.tally.get(rule.id) ?? { number: 0, count: 0 }
    tally.count++
    return { rule, number: tally.number, frames: found.frames(tally.count), delay: delayOf(rule) }
  }

  /** The same for a sample: nothing is counted, nothing is sent. */
  try(body: readonly Uint8Array[]): RuleTrial {
    const found = this.#find(body)
    const subject = subjectOf(body)
    const matching = this.#compiled.filter(({ matches }) => matches(subject)).map(({ rule }) => rule.id)
    if (found === undefined) return { rule: undefined, frames: [], delay: { min: 0, max: 0 }, matching, fault: 'none' }
    const { rule } = found.compiled
    const frames = found.frames((this.tally.get(rule.id)?.count ?? 0) + 1)
    return { rule: rule.id, frames, delay: rangeOf(rule), matching, fault: rule.fault }
  }

  #find(body: readonly Uint8Array[]) {
    if (this.#compiled.length === 0) return undefined
    const subject = subjectOf(body)
    const compiled = this.#compiled.find(({ rule, matches }) => rule.on && matches(subject))
    if (compiled === undefined) return undefined
    const frames = (count: number) => {
      if (compiled.rule.fault === 'silent') return []
      if (compiled.rule.fault === 'garbage') return [new Uint8Array(randomBytes(24))]
      return compiled.answer(body, subject, count)
    }
    return { compiled, frames }
  }
}

function compile(rule: Rule, index: number): CompiledRule {
  let field = 'match'
  try {
    const matches = compileMatch(rule.match)
    field = 'answer'
    return { rule, matches, answer: compileAnswer(rule) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const name = rule.name === '' ? String(index + 1) : `“${rule.name}”`
    throw new Fault(
      'BAD_RULE',
      `Rule ${name}: ${error.message}`,
      { ...error.detail, rule: rule.id, name, field, reason: error.code, message: error.message },
      { cause: error },
    )
  }
}

function compileAnswer({ answer }: Rule): CompiledRule['answer'] {
  switch (answer.kind) {
    case 'echo':
      return (body) => body.map((frame) => Uint8Array.from(frame))
    case 'text': {
      const bytes = encodeText(answer.text)
      return () => [bytes]
    }
    case 'template': {
      const fill = compileTemplate(answer.text)
      return (_, subject, count) => [encoder.encode(fill({ text: subject.text ?? '', json: subject.json(), count }))]
    }
  }
}

function subjectOf(body: readonly Uint8Array[]): Subject {
  const text = decodeText(body[0] ?? new Uint8Array())
  let parsed: { value: unknown } | undefined
  const json = () => (parsed ??= { value: parse(text) }).value
  return { text, json }
}

function parse(text: string | undefined): unknown {
  if (text === undefined) return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

function delayOf(rule: Rule): number {
  const { min, max } = rangeOf(rule)
  return max > min ? randomInt(min, max + 1) : min
}

/** A range given the wrong way round is its smaller number. */
function rangeOf({ fault, lateBy, delay: { min, max } }: Rule): { min: number; max: number } {
  return fault === 'late' ? { min: lateBy, max: lateBy } : { min, max: Math.max(min, max) }
}
