import { defineConfig } from '@playwright/test';
import e2e from '../playwright.config.ts';

// Measurements, not tests: their figures depend on what else the machine does. Nothing but the
// page's own traces may run beside it, so Playwright records nothing.
export default defineConfig({
  ...e2e,
  testDir: '.',
  testMatch: ['perf.ts', 'typing.ts'],
  outputDir: '../../../target/perf-results',
  timeout: 1_200_000,
  reporter: [['line']],
  retries: 0,
  use: { ...e2e.use, screenshot: 'off', trace: 'off', reducedMotion: 'no-preference' },
});
