import * as v from 'valibot'

/** Whole milliseconds up to an hour. */
const delay = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(3_600_000))

/** What a rule looks for. Texts are compared with the question's first frame as UTF-8; a frame that is not UTF-8 matches `anything` only. */
export const MatchSchema = v.variant('kind', [
  v.object({ kind: v.literal('anything') }),
  v.object({ kind: v.literal('equals'), text: v.string() }),
  v.object({ kind: v.literal('contains'), text: v.string() }),
  /** RE2 syntax, found anywhere in the text. */
  v.object({ kind: v.literal('regex'), pattern: v.string() }),
  /** A path of dotted names and `[n]`, and the value there: JSON if it reads as JSON, otherwise a text. */
  v.object({ kind: v.literal('json'), path: v.string(), value: v.string() }),
])
export type Match = v.InferOutput<typeof MatchSchema>

/** What a rule answers. `template` fills `{{text}}`, `{{json.path}}`, `{{count}}`, `{{time}}`, `{{uuid}}` and `{{random a b}}`. */
export const RuleAnswerSchema = v.variant('kind', [
  v.object({ kind: v.literal('text'), text: v.string() }),
  v.object({ kind: v.literal('template'), text: v.string() }),
  v.object({ kind: v.literal('echo') }),
])
export type RuleAnswer = v.InferOutput<typeof RuleAnswerSchema>

/** How a rule misbehaves on purpose: never answers, answers after `lateBy`, answers random bytes, answers twice. */
export const faultNames = ['none', 'silent', 'late', 'garbage', 'twice'] as const

export const RuleSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  name: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
  on: v.optional(v.boolean(), true),
  match: v.optional(MatchSchema, { kind: 'anything' }),
  answer: v.optional(RuleAnswerSchema, { kind: 'echo' }),
  /** Milliseconds before the answer, drawn evenly from `min` to `max`. */
  delay: v.optional(v.object({ min: v.optional(delay, 0), max: v.optional(delay, 0) }), {}),
  fault: v.optional(v.picklist(faultNames), 'none'),
  /** Milliseconds that the fault `late` waits: longer than the client's deadline. */
  lateBy: v.optional(delay, 6000),
})
export type Rule = v.InferOutput<typeof RuleSchema>
export type RuleInput = v.InferInput<typeof RuleSchema>

/** In the order in which they are tried; the first that is on and matches answers. */
export const RulesSchema = v.pipe(v.array(RuleSchema), v.maxLength(500))

/** Rules kept under a name, to be put in force at any server. */
export const RuleSetSchema = v.object({
  id: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  rules: RulesSchema,
})
export type RuleSet = v.InferOutput<typeof RuleSetSchema>

/** Rules as a file that people hand to each other: JSON. */
export const RULES_FILE_VERSION = 1
export const RulesFileSchema = v.object({
  kind: v.literal('socketeer-rules'),
  version: v.literal(RULES_FILE_VERSION),
  name: v.optional(v.pipe(v.string(), v.maxLength(200)), ''),
  rules: RulesSchema,
})
export type RulesFile = v.InferOutput<typeof RulesFileSchema>

/** What the rules would do with a sample, without doing it. */
export interface RuleTrial {
  /** The rule that matches, or undefined: then a person answers. */
  rule: string | undefined
  frames: Uint8Array[]
  /** Milliseconds before the answer, from `min` to `max`. */
  delay: { min: number; max: number }
  /** Every rule whose match fits, in order: also those that are off, or that come too late. */
  matching: string[]
  fault: (typeof faultNames)[number]
}
