import type { Theme } from '../../src-main/contract/index.js'

/** Light or dark as the person chose, or as the system is at the moment. */
class ThemeState {
  #choice = $state<Theme>('system')
  #systemDark = $state(false)

  constructor() {
    const query = matchMedia('(prefers-color-scheme: dark)')
    this.#systemDark = query.matches
    query.addEventListener('change', (event) => {
      this.#systemDark = event.matches
      this.#show()
    })
  }

  get choice(): Theme {
    return this.#choice
  }

  get dark(): boolean {
    return this.#choice === 'system' ? this.#systemDark : this.#choice === 'dark'
  }

  set(choice: Theme): void {
    this.#choice = choice
    this.#show()
  }

  #show(): void {
    document.documentElement.dataset['theme'] = this.dark ? 'dark' : 'light'
  }
}

export const theme = new ThemeState()
