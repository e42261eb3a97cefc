import { randomInt, randomUUID } from 'node:crypto'
import { Fault } from '../../contract/index.js'
import { atPath, parsePath } from '../../payload/json-path.js'

/** What a template can name. */
export interface TemplateValues {
  /** The question's first frame. */
  readonly text: string
  /** The same, parsed; undefined if it is not JSON. */
  readonly json: unknown
  /** How often the rule has answered, this time included. */
  readonly count: number
}

type Part = (values: TemplateValues) => string

/** Reads a template once, to be filled often. Throws Fault `BAD_TEMPLATE` with the 1-based place of a placeholder that means nothing. */
export function compileTemplate(template: string): (values: TemplateValues) => string {
  const parts: Part[] = []
  let end = 0
  for (const found of template.matchAll(/\{\{(.*?)\}\}/gs)) {
    const before = template.slice(end, found.index)
    parts.push(() => before, placeholder(template, found[1]?.trim() ?? '', found.index + 1))
    end = found.index + found[0].length
  }
  const open = template.indexOf('{{', end)
  if (open >= 0) throw bad(template, open + 1, '“{{” is never closed by “}}”')
  const rest = template.slice(end)
  return (values) => parts.map((part) => part(values)).join('') + rest
}

function placeholder(template: string, name: string, at: number): Part {
  if (name === 'text') return (values) => values.text
  if (name === 'count') return (values) => String(values.count)
  if (name === 'time') return () => new Date().toISOString()
  if (name === 'uuid') return () => randomUUID()
  if (name === 'json' || name.startsWith('json.') || name.startsWith('json[')) {
    const path = parsePath(name.slice(4).replace(/^\./, ''))
    return (values) => written(atPath(values.json, path))
  }
  const range = /^random\s+(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)$/.exec(name)
  if (range !== null) return random(template, at, range[1] ?? '', range[2] ?? '')
  throw bad(template, at, `“{{${name}}}” is not known; use text, json.path, count, time, uuid or random a b`)
}

/** Whole numbers where both bounds are whole, bounds included; otherwise a number with as many decimals as the finer bound. */
function random(template: string, at: number, from: string, to: string): Part {
  const low = Number(from)
  const high = Number(to)
  if (low > high) throw bad(template, at, `the smaller number comes first: {{random ${to} ${from}}}`)
  const decimals = Math.max(...[from, to].map((text) => text.split('.')[1]?.length ?? 0))
  if (decimals === 0 && high - low < 2 ** 48 - 1) return () => String(low + randomInt(high - low + 1))
  return () => (low + Math.random() * (high - low)).toFixed(decimals)
}

function written(value: unknown): string {
  if (value === undefined) return ''
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function bad(template: string, at: number, what: string): Fault {
  return new Fault('BAD_TEMPLATE', `Template, character ${at}: ${what}.`, { template, at, what })
}
