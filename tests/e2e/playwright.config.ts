import { defineConfig } from '@playwright/test';
import { CHROMIUM_ARGUMENTS } from '../../xtask/node/site.js';

// The system's own Chromium; `cargo xtask test e2e` says which.
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

export default defineConfig({
  testDir: '.',
  outputDir: 'test-results',
  workers: 1,
  forbidOnly: true,
  // A machine under load starves a browser now and then: what passes at the second attempt only is
  // listed as flaky, for somebody to look at.
  retries: 1,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    reducedMotion: 'reduce',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath,
      args: CHROMIUM_ARGUMENTS,
    },
  },
});
