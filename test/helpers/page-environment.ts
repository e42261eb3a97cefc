import type { Environment } from 'vitest/runtime'

/**
 * Node without a DOM, but with the modules that a page would get: Svelte's runes compiled for the client (effects run), and
 * the `browser` side of packages. Enough for state classes; what draws is tested in a browser.
 */
export default {
  name: 'page',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => undefined }),
} satisfies Environment
