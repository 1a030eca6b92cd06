import { defineConfig } from '@playwright/test';
import e2e from '../e2e/playwright.config.ts';

// Pictures, not tests: the system's own Chromium in every size, and a page that shows them all.
export default defineConfig({
  ...e2e,
  testDir: '.',
  testMatch: 'screens.ts',
  outputDir: '../../target/screens-results',
  globalTeardown: './album.ts',
  reporter: [['line']],
  use: { ...e2e.use, screenshot: 'off', trace: 'off', reducedMotion: 'no-preference' },
});
