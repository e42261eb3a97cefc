import type { RunFigures } from '../../../../src-main/contract/index.js'
import { count, span } from '../../../lib/format.js'
import { m } from '../../../paraglide/messages.js'
import { laneName } from './words.js'

/** One sentence on what stands out in a run, and what would cure it; undefined where nothing does. */
export function advice(figures: RunFigures): string | undefined {
  const { shares, counts, jain } = figures
  // One that crashed has a reason of its own.
  const worked = shares.filter(({ service, done, crashes }) => service !== undefined && done > 0 && crashes === 0)
  if (worked.length > 1 && figures.mode === 'turns') {
    const slowest = worked.reduce((a, b) => ((b.service ?? 0) > (a.service ?? 0) ? b : a))
    const others = worked.filter((share) => share !== slowest).map(({ service }) => service ?? 0)
    const usual = others.sort((a, b) => a - b)[others.length >> 1] ?? 0
    if ((slowest.service ?? 0) > 2 * usual && (slowest.wait ?? 0) > 2 * usual)
      return m.advice_slow({
        who: laneName(figures, slowest.lane),
        slow: span(slowest.service ?? 0),
        usual: span(usual),
      })
  }
  if (counts.lost > 0) return m.advice_lost({ n: count(counts.lost) })
  if (jain !== undefined && figures.state === 'done' && shares.length > 1 && jain < 0.6) {
    const first = shares.reduce((a, b) => (b.share > a.share ? b : a))
    return m.advice_uneven({ who: laneName(figures, first.lane), share: String(Math.round(first.share * 100)) })
  }
  return undefined
}
