import type { ScenarioName, ScenarioStep } from '../../../../src-main/contract/index.js'
import { count, span } from '../../../lib/format.js'
import { m } from '../../../paraglide/messages.js'

type Words = (inputs: Record<string, string>) => string
/** There is a message for each scenario and each of its steps; a test holds that. */
const words = m as unknown as Readonly<Record<string, Words | undefined>>
const key = (name: ScenarioName, what: string): string => `scn_${name}_${what}`.replaceAll('-', '_')
const say = (of: string, figures: Record<string, string> = {}): string => words[of]?.(figures) ?? ''

export const scenarioTitle = (name: ScenarioName): string => say(key(name, 'title'))
/** What to watch. */
export const scenarioWatch = (name: ScenarioName): string => say(key(name, 'watch'))
/** What happens in a step. */
export const stepDoes = (name: ScenarioName, { key: step, figures }: ScenarioStep): string =>
  say(key(name, step), written(figures))
/** What was measured in it, and what that means; '' where nothing is to be said, or not yet. */
export function stepGot(name: ScenarioName, { key: step, figures, state }: ScenarioStep): string {
  if (state !== 'done' || Object.keys(figures).length === 0) return ''
  const text = say(`${key(name, step)}_got`, written(figures))
  // A figure that the words need was not measured.
  return text.includes('undefined') ? '' : text
}
/** What a scenario teaches, once it is over. */
export const scenarioMeans = (name: ScenarioName): string => say(key(name, 'means'))

const times = new Set(['ms', 'slow', 'fast', 'redo', 'turnsMs', 'demandMs'])
export function figureText(name: string, value: number): string {
  if (Number.isNaN(value)) return m.not_known()
  if (name === 'jain') return value.toFixed(2)
  return times.has(name) ? span(value) : count(value)
}
function written(figures: Record<string, number>): Record<string, string> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, figureText(name, value)]))
}

/** What a figure is called where two are set side by side. */
export const figureName = (name: string): string => words[`scn_figure_${name}`]?.({}) ?? name
