import type { Filter } from '../../../../src-main/contract/index.js'

export interface Query {
  filter: Partial<Filter>
  /** The word that could not be read, as typed. */
  bad: string | undefined
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
}

/**
 * Reads what is typed into the filter: `topic:vehicle/`, `re:^\d+$`, `size>1kB`, `$.pose.x>=0.5`; all other words are text to be
 * found. Words in double quotes may hold blanks; `text:` in front takes a word as text whatever it looks like.
 */
export function parseQuery(typed: string): Query {
  const filter: Partial<Filter> = {}
  const words: string[] = []
  let bad: string | undefined
  for (const [word] of typed.matchAll(/(?:"(?:[^"\\]|\\.)*"|\S)+/g)) {
    const [, prefix, rest = ''] = /^(topic|re|text):(.*)$/s.exec(word) ?? []
    const size = /^size(>=|<=|>|<|=)(.*)$/is.exec(word)
    const json = /^\$(.*?)(?:(!=|<=|>=|=|<|>)(.*))?$/s.exec(word)
    if (prefix === 'topic') filter.topic = unquoted(rest).replace(/\*$/, '')
    else if (prefix === 're') filter.regex = unquoted(rest)
    else if (prefix === 'text') words.push(unquoted(rest))
    else if (size !== null) {
      const [, is = '', amount = ''] = size
      const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([a-z]*)$/i.exec(amount) ?? []
      const bytes = number === '' ? NaN : Number(number) * (units[unit.toLowerCase()] ?? NaN)
      if (!Number.isFinite(bytes)) bad = word
      else {
        if (is === '>' || is === '>=' || is === '=') filter.minSize = is === '>' ? Math.floor(bytes) + 1 : bytes
        if (is === '<' || is === '<=' || is === '=') filter.maxSize = is === '<' ? Math.ceil(bytes) - 1 : bytes
      }
    } else if (json !== null && (word === '$' || /^\$[.[]/.test(word))) {
      const [, path = '', is, value = ''] = json
      filter.json = {
        path: path.replace(/^\./, ''),
        is: (is as NonNullable<Filter['json']>['is'] | undefined) ?? 'exists',
        value: unquoted(value),
      }
    } else words.push(unquoted(word))
  }
  const text = words.filter(Boolean).join(' ')
  if (text !== '') filter.text = text
  if (filter.topic === '') delete filter.topic
  if (filter.regex === '') delete filter.regex
  return { filter, bad }
}

const unquoted = (word: string): string =>
  word.replace(/"((?:[^"\\]|\\.)*)"/g, (_, inner: string) => inner.replace(/\\(["\\])/g, '$1'))
