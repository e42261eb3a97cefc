import { languages, type Language } from '../../src-main/contract/index.js'
import { overwriteGetLocale } from '../paraglide/runtime.js'

/**
 * The language of the screen, in one rune: paraglide asks for it at each message, so whatever shows a message is drawn
 * again when it changes. (Paraglide's own `setLocale` reloads the page, and a reload would be felt.)
 */
class Locale {
  #current = $state<Language>('en')

  get current(): Language {
    return this.#current
  }

  set(choice: Language | 'system'): void {
    this.#current = choice === 'system' ? systemLanguage() : choice
  }
}

export const locale = new Locale()
overwriteGetLocale(() => locale.current)

/** The first language of the browser's list that we have; any Chinese gets the Chinese that we have. */
export function systemLanguage(preferred: readonly string[] = navigator.languages): Language {
  for (const tag of preferred) {
    const language = languages.find((known) => known.split('-')[0] === tag.split('-')[0]?.toLowerCase())
    if (language !== undefined) return language
  }
  return 'en'
}
