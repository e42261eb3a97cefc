/** What state classes use of a browser and Node does not have: two stores, the document's root, the window's width, and the system's colours. */
class MemoryStorage {
  readonly #items = new Map<string, string>()
  getItem(key: string): string | null {
    return this.#items.get(key) ?? null
  }
  setItem(key: string, value: string): void {
    this.#items.set(key, value)
  }
  clear(): void {
    this.#items.clear()
  }
}

export const session = new MemoryStorage()
export const local = new MemoryStorage()

// Node 21 and later have a navigator of their own, which can only be replaced.
Object.defineProperty(globalThis, 'navigator', { value: { languages: ['en'], userAgent: 'test' }, configurable: true })
Object.assign(globalThis, {
  sessionStorage: session,
  localStorage: local,
  matchMedia: () => ({ matches: false, addEventListener: () => undefined }),
  innerWidth: 1280,
  document: { hidden: false, documentElement: { lang: '', dataset: {} } },
})
