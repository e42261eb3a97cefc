import { defineConfig } from '@playwright/test'
import { findChromium } from './build/scripts/find.mjs'

const chromium = findChromium()

/** The system's Chromium, so that nothing is downloaded. Each test starts its own server on a free port. */
export default defineConfig({
  testDir: 'test/e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results',
  timeout: 60_000,
  // Two cores: two browsers at once would measure each other.
  workers: 1,
  retries: 0,
  forbidOnly: !!process.env['CI'],
  reporter: 'list',
  use: {
    viewport: { width: 1280, height: 800 },
    locale: 'en-US',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(chromium === undefined ? {} : { executablePath: chromium }),
      // Chromium refuses to sandbox itself as root; the pages here are our own.
      args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
    },
  },
})
