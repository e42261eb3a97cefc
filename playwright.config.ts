import { defineConfig } from '@playwright/test'

/** The page as a person has it: the built server, a real browser, real sockets. `test/e2e/fixture.ts` starts them. */
export default defineConfig({
  testDir: 'test',
  testMatch: '**/*.e2e.ts',
  // Each worker has a server of its own; the machines that this runs on have two cores, and sockets want one.
  workers: 1,
  fullyParallel: false,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: process.env['CI'] === 'true',
  outputDir: 'test-results',
  reporter: 'list',
})
