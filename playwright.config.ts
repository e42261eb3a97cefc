import { defineConfig } from '@playwright/test'

/** The page as a person has it: the built server, a real browser, real sockets. `test/e2e/fixture.ts` starts them. */
export default defineConfig({
  testDir: 'test',
  testMatch: '**/*.e2e.ts',
  // Each test has a server of its own, on ports of its own. The machines that this runs on have two cores.
  workers: 2,
  fullyParallel: false,
  retries: 0,
  // Deadlines, not durations: far more than what the slowest takes on a machine that is busy with something else.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: process.env['CI'] === 'true',
  outputDir: 'test-results',
  reporter: 'list',
})
