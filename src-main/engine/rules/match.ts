import type { Match } from '../../contract/index.js'
import { atPath, parsePath } from '../../payload/json-path.js'
import { compilePattern } from '../../payload/pattern.js'

/** What a rule can look at. */
export interface Subject {
  /** The first frame as text; undefined when it is not UTF-8. */
  readonly text: string | undefined
  /** The same parsed, only when asked for; undefined if it is not JSON. */
  readonly json: () => unknown
}

/** Turns a match into a test. Patterns run in linear time (RE2): a bad one must not stop every socket. Throws Fault `BAD_PATTERN` or `BAD_PATH`. */
export function compileMatch(match: Match): (subject: Subject) => boolean {
  switch (match.kind) {
    case 'anything':
      return () => true
    case 'equals':
      return ({ text }) => text === match.text
    case 'contains':
      return ({ text }) => text?.includes(match.text) ?? false
    case 'regex': {
      const pattern = compilePattern(match.pattern)
      return ({ text }) => text !== undefined && pattern.matcher(text).find()
    }
    case 'json': {
      const path = parsePath(match.path)
      const wanted = read(match.value)
      return ({ json }) => {
        const found = atPath(json(), path)
        return found !== undefined && (found === wanted || JSON.stringify(found) === JSON.stringify(wanted))
      }
    }
  }
}

/** A value as typed: JSON if it reads as JSON, otherwise the text itself, so that `plan` needs no quotes. */
function read(value: string): unknown {
  try {
    return JSON.parse(value) as unknown
  } catch {
    return value
  }
}
