import type { Action } from './actions.svelte.js'

/**
 * Actions that a query means, best first; every word of it must be found. A word at the beginning of one of the action's counts more than one within, and
 * that more than letters in order; the title counts more than the rest.
 */
export function findActions(actions: readonly Action[], query: string): Action[] {
  const wanted = words(query)
  if (wanted.length === 0) return [...actions]
  return actions
    .flatMap((action, at) => {
      const title = action.title.toLowerCase()
      const rest = `${action.detail ?? ''} ${action.words ?? ''}`.toLowerCase()
      let score = 0
      for (const word of wanted) {
        const found = Math.max(scoreOf(title, word), scoreOf(rest, word) / 2)
        if (found === 0) return []
        score += found
      }
      return [{ action, score, at }]
    })
    .sort((a, b) => b.score - a.score || a.at - b.at)
    .map(({ action }) => action)
}

function scoreOf(text: string, word: string): number {
  const at = text.indexOf(word)
  if (at === 0) return 8
  if (at > 0) return text.includes(` ${word}`) ? 6 : 4
  // Letters in order (`nwk` for “new worker”): of three and more, or anything would fit.
  if (word.length < 3) return 0
  let from = 0
  for (const letter of word) {
    const next = text.indexOf(letter, from)
    if (next < 0) return 0
    from = next + 1
  }
  return 1
}

const words = (text: string): string[] => text.toLowerCase().split(/\s+/).filter(Boolean)
