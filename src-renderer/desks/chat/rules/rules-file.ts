import * as v from 'valibot'
import { Fault, RULES_FILE_VERSION, RulesFileSchema, type Rule } from '../../../../src-main/contract/index.js'
import { newId } from '../../../lib/new-id.js'
import { m } from '../../../paraglide/messages.js'

/** Bytes: far more than 500 rules that a person wrote. */
export const MAX_RULES_FILE = 4 * 1024 * 1024

/** Rules as a file that people hand to each other. */
export function writeRulesFile(name: string, rules: readonly Rule[]): string {
  return `${JSON.stringify({ kind: 'socketeer-rules', version: RULES_FILE_VERSION, name, rules }, undefined, 2)}\n`
}

/** Reads such a file. Throws Fault `BAD_RULES_FILE` with one sentence, in the language of the screen, that says what is wrong and where. */
export function readRulesFile(file: string, text: string): { name: string; rules: Rule[] } {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch (error) {
    throw bad(m.rules_file_not_json({ file, why: (error as Error).message }))
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document))
    throw bad(m.rules_file_not_ours({ file }))
  const { kind, version } = document as Record<string, unknown>
  if (kind !== 'socketeer-rules') throw bad(m.rules_file_not_ours({ file }))
  if (typeof version === 'number' && version > RULES_FILE_VERSION)
    throw bad(m.rules_file_newer({ file, version, known: RULES_FILE_VERSION }))
  const result = v.safeParse(RulesFileSchema, document, { abortEarly: true })
  if (!result.success)
    throw bad(m.rules_file_bad({ file, where: whereOf(result.issues[0]), ...whatOf(result.issues[0]) }))
  return { name: result.output.name, rules: withOwnIds(result.output.rules) }
}

/** Ids are what counts are kept by: two rules never share one. */
export function withOwnIds(rules: readonly Rule[]): Rule[] {
  const seen = new Set<string>()
  return rules.map((rule) => {
    const id = seen.has(rule.id) ? newId() : rule.id
    seen.add(id)
    return { ...rule, id }
  })
}

/** `rules.2.match.kind` counts from one for people: `rules[3].match.kind`. */
function whereOf(issue: v.BaseIssue<unknown>): string {
  const keys = issue.path?.map(({ key }) => key) ?? []
  return keys
    .map((key, i) => (typeof key === 'number' ? `[${key + 1}]` : `${i === 0 ? '' : '.'}${String(key)}`))
    .join('')
}

function whatOf({ expected, received }: v.BaseIssue<unknown>): { expected: string; received: string } {
  const short = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text)
  return { expected: short(expected ?? '?'), received: short(received) }
}

function bad(message: string): Fault {
  return new Fault('BAD_RULES_FILE', message)
}
