import type { SessionView } from '../../../state/session.svelte.js'
import { m } from '../../../paraglide/messages.js'
import type { Match, Rule, RuleAnswer } from '../../../../src-main/contract/index.js'

/** The name of the rule whose number a row has; '' where no rule sent it. A rule that is there no longer has left its number only. */
export function ruleOf(session: SessionView, number: number): string {
  if (number === 0) return ''
  const { settings } = session
  const id = session.status('server')?.rules.find((rule) => rule.number === number)?.id
  const at = settings.role === 'server' ? settings.rules.findIndex((rule) => rule.id === id) : -1
  const rule = settings.role === 'server' ? settings.rules[at] : undefined
  return rule === undefined ? m.rule_former({ n: number }) : ruleName(rule, at)
}

/** As a person named it, else what it does. */
export function ruleName(rule: Rule, index: number): string {
  return rule.name === '' ? m.rule_unnamed({ n: index + 1 }) : rule.name
}

/** What it looks for and what it answers, in one line. */
export function ruleDoes({ match, answer, fault }: Rule): string {
  const then = fault === 'silent' ? m.fault_silent() : fault === 'garbage' ? m.fault_garbage() : answerWords(answer)
  return `${matchWords(match)} → ${then}`
}

function matchWords(match: Match): string {
  switch (match.kind) {
    case 'anything':
      return m.match_anything()
    case 'equals':
      return `= ${match.text}`
    case 'contains':
      return `… ${match.text} …`
    case 'regex':
      return `/${match.pattern}/`
    case 'json':
      return `${match.path} = ${match.value}`
  }
}

function answerWords(answer: RuleAnswer): string {
  return answer.kind === 'echo' ? m.answer_echo() : answer.text
}
