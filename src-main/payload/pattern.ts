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
