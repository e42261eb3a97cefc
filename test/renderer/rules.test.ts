import * as v from 'valibot'
import { beforeEach, describe, expect, test } from 'vitest'
import { Fault, RulesSchema, type Rule, type RuleInput, type SessionSettings } from '../../src-main/contract/index.js'
import { until } from '../helpers/until.js'
import { local, session as tab } from './browser-things.js'
import { FakeCaller, info } from './fake-caller.js'

const { RuleEditor, problemOf } = await import('../../src-renderer/desks/chat/rules/rule-editor.svelte.js')
const { readRulesFile, writeRulesFile } = await import('../../src-renderer/desks/chat/rules/rules-file.js')
const { ruleOf } = await import('../../src-renderer/desks/chat/rules/rule-names.js')
const { ProfileState } = await import('../../src-renderer/state/profile.svelte.js')
const { SessionView } = await import('../../src-renderer/state/session.svelte.js')

const rulesOf = (...rules: RuleInput[]): Rule[] => v.parse(RulesSchema, rules)
const a = { id: 'a', name: 'first', match: { kind: 'equals', text: 'ping' } } as const
const b = { id: 'b', name: 'second' } as const
const c = { id: 'c' } as const

function serverWith(rules: Rule[]) {
  const { settings, ...rest } = info('s1', 'server')
  return { ...rest, settings: { ...settings, rules } as SessionSettings }
}

/** An editor of a server that has these rules. The engine dislikes the pattern `(`. */
function editor(...rules: RuleInput[]) {
  const caller = new FakeCaller({
    'rules.try': ({ rules: all }: { rules: Rule[] }) => {
      const bad = all.find(({ match }) => match.kind === 'regex' && match.pattern === '(')
      if (bad !== undefined)
        throw new Fault('BAD_RULE', 'Rule 1: no', {
          rule: bad.id,
          field: 'match',
          reason: 'BAD_PATTERN',
          message: 'Regular expression “(”: no',
          pattern: '(',
          why: 'no',
        })
      return { rule: all[0]?.id, frames: [], delay: { min: 0, max: 0 }, matching: [], fault: 'none' }
    },
    'session.rules': ({ rules: all }: { rules: Rule[] }) => serverWith(all),
    'profile.update': () => undefined,
  })
  const view = new SessionView(caller, serverWith(rulesOf(...rules)))
  const profile = new ProfileState(caller)
  return { caller, view, profile, editor: new RuleEditor(caller, profile, view) }
}
const names = (rules: readonly Rule[]) => rules.map(({ id }) => id)

beforeEach(() => {
  tab.clear()
  local.clear()
})

describe('rules being written', () => {
  test('are a draft until they are put in force', async () => {
    const { editor: draft, view, caller } = editor(a)
    draft.change('a', { on: false })
    expect([draft.dirty, draft.inForce[0]?.on, draft.rules[0]?.on]).toEqual([true, true, false])
    expect(await draft.apply()).toBe(true)
    expect(caller.asked('session.rules')).toHaveLength(1)
    expect([draft.dirty, draft.inForce[0]?.on]).toEqual([false, false])
    expect(view.settings).toMatchObject({ rules: [{ on: false }] })
  })

  test('can be added, duplicated, moved, and deleted with a way back', () => {
    const { editor: draft } = editor(a, b, c)
    draft.move(2, 0)
    expect(names(draft.rules)).toEqual(['c', 'a', 'b'])
    expect(draft.selected?.id).toBe('c')
    draft.move(0, -1)
    draft.move(2, 3)
    expect(names(draft.rules)).toEqual(['c', 'a', 'b'])
    draft.select('a')
    draft.remove()
    expect([names(draft.rules), draft.selected?.id]).toEqual([['c', 'b'], 'b'])
    draft.undo()
    expect([names(draft.rules), draft.selected?.id, draft.undoable]).toEqual([['c', 'a', 'b'], 'a', undefined])
    draft.duplicate()
    expect(draft.rules).toHaveLength(4)
    expect(draft.selected).toMatchObject({ name: 'first (copy)', match: a.match })
    expect(new Set(names(draft.rules)).size).toBe(4)
    draft.discard()
    expect([names(draft.rules), draft.dirty]).toEqual([['a', 'b', 'c'], false])
    draft.undo()
    expect(draft.rules).toHaveLength(4)
  })

  test('keep what was written when the kind of a match or an answer changes', () => {
    const { editor: draft } = editor(a)
    const rule = () => draft.rules[0] as Rule
    draft.matchAs(rule(), 'regex')
    draft.matchAs(rule(), 'json')
    expect(rule().match).toEqual({ kind: 'json', path: '', value: 'ping' })
    draft.matchAs(rule(), 'contains')
    expect(rule().match).toEqual({ kind: 'contains', text: 'ping' })
    draft.answerAs(rule(), 'template')
    draft.change('a', { answer: { kind: 'template', text: '{{text}}' } })
    draft.answerAs(rule(), 'text')
    expect(rule().answer).toEqual({ kind: 'text', text: '{{text}}' })
  })

  test('show a fault at its rule and field, and cannot be put in force until it is mended', async () => {
    const { editor: draft, caller } = editor(a)
    draft.change('a', { match: { kind: 'regex', pattern: '(' } })
    await until(() => draft.problem)
    expect(draft.problem).toMatchObject({ rule: 'a', field: 'match', fault: { code: 'BAD_PATTERN' } })
    expect([draft.sound, draft.trial]).toEqual([false, undefined])
    draft.change('a', { match: { kind: 'regex', pattern: 'x' } })
    await until(() => draft.sound)
    await until(() => draft.trial)
    expect(caller.asked('session.rules')).toEqual([])
  })

  test('are kept as sets by name in the profile, and loaded in place of the draft', () => {
    const { editor: draft, profile } = editor(a, b)
    draft.saveAs('  planner ')
    draft.change('a', { name: 'changed' })
    draft.saveAs('planner')
    expect(profile.rules).toMatchObject([{ name: 'planner', rules: [{ name: 'changed' }, { name: 'second' }] }])
    draft.remove()
    draft.load(profile.rules[0]?.id ?? '')
    expect(draft.rules.map(({ name }) => name)).toEqual(['changed', 'second'])
    draft.undo()
    expect(draft.rules).toHaveLength(1)
    draft.forget(profile.rules[0]?.id ?? '')
    expect(profile.rules).toEqual([])
  })

  test('come from a file, or the file is told what it is not', async () => {
    const { editor: draft } = editor(a)
    await draft.import(new File([writeRulesFile('x', rulesOf(b, c))], 'x.json'))
    expect(names(draft.rules)).toEqual(['b', 'c'])
    await draft.import(new File(['{'], 'y.json'))
    expect(draft.fault?.message).toMatch(/^y\.json is not JSON/)
    expect(names(draft.rules)).toEqual(['b', 'c'])
  })
})

describe('a file of rules', () => {
  const file = (change: object) =>
    JSON.stringify({ kind: 'socketeer-rules', version: 1, name: 'n', rules: [a], ...change })

  test('comes back as it was written', () => {
    const rules = rulesOf(a, b)
    expect(readRulesFile('f', writeRulesFile('server', rules))).toEqual({ name: 'server', rules })
  })
  test('never has two rules of one id', () => {
    const { rules } = readRulesFile('f', file({ rules: [a, a] }))
    expect(rules[0]?.id).toBe('a')
    expect(rules[1]?.id).not.toBe('a')
  })
  test.each([
    ['no', /f\.json is not JSON: /],
    ['[]', /not a file of rules/],
    ['{"kind":"socketeer-library"}', /not a file of rules/],
    [file({ version: 7 }), /version 7, from a newer Socketeer; this one reads version 1/],
    [
      file({ rules: [a, { id: 'x', match: { kind: 'magic' } }] }),
      /rules\[2\]\.match\.kind should be .*"regex".*, and is "magic"/,
    ],
    [file({ rules: [{ ...a, delay: { min: -1 } }] }), /rules\[1\]\.delay\.min should be >=0, and is -1/],
    [file({ rules: 'many' }), /: rules should be Array, and is "many"/],
  ])('%s: one sentence that says what and where', (text, why) => {
    expect(() => readRulesFile('f.json', text)).toThrow(
      expect.objectContaining({ code: 'BAD_RULES_FILE', message: expect.stringMatching(why) as string }) as Error,
    )
  })
})

test('a row names the rule that sent it, also one that has gone', () => {
  const server = serverWith(rulesOf(a, c))
  const status = {
    role: 'server',
    waiting: 0,
    pending: [],
    clients: 0,
    rules: [
      { id: 'a', number: 3, count: 1 },
      { id: 'c', number: 9, count: 1 },
    ],
  } as const
  const view = new SessionView(new FakeCaller(), {
    ...server,
    status: { ...status, pending: [], rules: [...status.rules] },
  })
  expect([0, 3, 9, 5].map((number) => ruleOf(view, number))).toEqual(['', 'first', 'Rule 2', '#5, since removed'])
})

test('any other fault is nobody’s field', () => {
  expect(problemOf(new Fault('NO_SESSION', 'gone'))).toBeUndefined()
  expect(problemOf(new Error('x'))).toBeUndefined()
})
