import { RE2JS } from 're2js'
import { Fault } from '../contract/index.js'

/** A person's regular expression, in linear time whatever it is (RE2 syntax). Throws Fault `BAD_PATTERN` in RE2's words. */
export function compilePattern(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    const why = (error as Error).message.replace(/^error parsing regexp: /, '')
    throw new Fault(
      'BAD_PATTERN',
      `Regular expression “${pattern}”: ${why}. Look-around and back references do not exist in RE2.`,
      { pattern, why },
    )
  }
}

/**
 * The longest text that must stand, in some case of its letters, in whatever the pattern matches; '' where there is none that can be seen without reading it
 * as RE2 does. Most rows are passed over by that alone.
 */
export function requiredText(pattern: string): string {
  // Escapes with arguments and quoted stretches are left to RE2, and so are alternatives.
  if (/\\[xpPQE0-9]|\|/.test(pattern)) return ''
  // Without regard to case, the Kelvin sign matches k and the long s matches s.
  const breaks = /\(\?[a-z]*i/.test(pattern) ? /[^!-~ ]|[ks]/i : /[^!-~ ]/
  let best = ''
  let run = ''
  const end = () => {
    if (run.length > best.length) best = run
    run = ''
  }
  for (let at = 0; at < pattern.length; at++) {
    let character = pattern[at]!
    if (character === '(' || character === '[') {
      end()
      at = closing(pattern, at)
      continue
    }
    if (character === '\\') character = pattern[++at] ?? ''
    else if ('*?{'.includes(character)) {
      run = run.slice(0, -1)
      end()
      if (character === '{') at = Math.max(at, pattern.indexOf('}', at))
      continue
    } else if ('.^$+'.includes(character)) {
      end()
      continue
    }
    const escapedLetter = pattern[at - 1] === '\\' && /[A-Za-z]/.test(character)
    if (escapedLetter || breaks.test(character)) end()
    else run += character
  }
  end()
  return best
}

/** Where what opens at `at` closes. */
function closing(pattern: string, at: number): number {
  let depth = 0
  let within = false
  for (let i = at; i < pattern.length; i++) {
    const character = pattern[i]
    if (character === '\\') i++
    else if (within) {
      if (character === ']' && !/\[\^?$/.test(pattern.slice(0, i))) within = false
    } else if (character === '[') within = true
    else if (character === '(') depth++
    else if (character === ')') depth--
    if (!within && depth === 0) return i
  }
  return pattern.length
}
