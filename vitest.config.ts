import { readFileSync } from 'node:fs'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { version } from './build/scripts/root.mjs'
import { threadSource } from './build/scripts/thread.mjs'

const common = {
  // Child processes: a worker thread that ends with a zeromq socket waiting takes the whole process with it.
  pool: 'forks' as const,
  setupFiles: ['./test/helpers/seeded.ts'],
  // Deadlines, not durations: far more than the slowest takes on a machine that is busy with something else.
  testTimeout: 60_000,
  hookTimeout: 60_000,
  teardownTimeout: 5_000,
  // Likewise: one second, as it is otherwise, passes on such a machine before anything was done.
  expect: { poll: { timeout: 15_000, interval: 5 } },
}
/** Each project has its own: Vitest takes the entries out. */
const define = (): Record<string, string> => ({ SOCKETEER_VERSION: JSON.stringify(version) })

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        define: define(),
        plugins: [threadSource()],
        test: {
          ...common,
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/interop/**', 'test/e2e/**', 'test/renderer/**', 'test/bench/**', 'test/packages/**'],
        },
      },
      {
        // Radio and Pipeline once more, where the receiving thread is not to be had.
        define: define(),
        plugins: [threadSource()],
        test: {
          ...common,
          name: 'portable',
          include: ['test/engine/radio/**/*.test.ts', 'test/engine/pipeline*.test.ts'],
          env: { SOCKETEER_TEST_DRIVER: 'portable' },
        },
      },
      {
        // The renderer's classes as the browser would run them: runes compiled for the client.
        define: define(),
        plugins: [svelte({ configFile: false })],
        resolve: { conditions: ['browser'] },
        test: {
          ...common,
          name: 'renderer',
          include: ['test/renderer/**/*.test.ts'],
          environment: './test/helpers/page-environment.ts',
        },
      },
      {
        // What is packaged, and how it is checked and released.
        plugins: [
          {
            // Its maps name sources that it does not bring, and each would be a warning.
            name: 'without-maps',
            load: (id: string) =>
              /\/node_modules\/@actions\/.*\.js$/.test(id)
                ? readFileSync(id, 'utf8').replace(/\/\/# sourceMappingURL=.*/, '')
                : null,
          },
        ],
        test: {
          ...common,
          name: 'packages',
          include: ['test/packages/**/*.test.ts'],
          // It imports its schema in a way that Node does not take.
          server: { deps: { inline: [/@actions\//] } },
        },
      },
      {
        define: define(),
        plugins: [threadSource()],
        test: { ...common, name: 'interop', include: ['test/interop/**/*.test.ts'] },
      },
    ],
  },
})
