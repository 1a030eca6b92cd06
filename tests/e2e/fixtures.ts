// What every test gets: the built site on a server, a page that must stay without complaint, and
// the page object.

import { fileURLToPath } from 'node:url';
import { test as base, expect, type Page } from '@playwright/test';
import { serve } from '../../xtask/node/site.js';
import { Playground } from './page.ts';

/** The built site, below a path, as on a shared host. */
export const DIST = fileURLToPath(new URL('../../dist', import.meta.url));
const SUB_PATH = '/some/where/';

interface Server {
  /** The address of the page. */
  url: string;
}

interface TestFixtures {
  /** Everything the browser has complained about so far; a test fails unless it is empty. */
  complaints: string[];
  /** The page, loaded and at a standstill. */
  playground: Playground;
}

export const test = base.extend<TestFixtures, { server: Server }>({
  server: [
    // Playwright reads the names of the fixtures it needs from this pattern.
    // eslint-disable-next-line no-empty-pattern
    async ({}, use) => {
      const server = await serve(DIST, { path: SUB_PATH });
      await use(server);
      await server.close();
    },
    { scope: 'worker' },
  ],

  complaints: [
    async ({ page, server }, use) => {
      const complaints: string[] = [];
      await listen(page, new URL(server.url).origin, complaints);
      await use(complaints);
      expect(complaints, 'errors, policy violations and foreign requests').toEqual([]);
    },
    { auto: true },
  ],

  playground: async ({ page, server, complaints }, use) => {
    const playground = new Playground(page, server.url);
    await playground.open();
    await use(playground);
    expect(complaints).toEqual([]);
  },
});

export { expect };

async function listen(page: Page, origin: string, complaints: string[]): Promise<void> {
  page.on('console', (message) => {
    if (message.type() === 'error' || /content security policy/i.test(message.text())) {
      complaints.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('pageerror', (error) => complaints.push(`page error: ${error.stack ?? error.message}`));
  page.on('requestfailed', (request) => {
    // Whoever reloads breaks off what is still on its way.
    if (request.failure()?.errorText === 'net::ERR_ABORTED') return;
    complaints.push(`request failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    const isLocal = url.protocol === 'data:' || url.protocol === 'blob:' || url.origin === origin;
    if (!isLocal) complaints.push(`foreign request: ${request.url()}`);
  });
  await page.exposeFunction('reportViolation', (text: string) => {
    complaints.push(`policy violation: ${text}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      const where = `${event.sourceFile}:${event.lineNumber}`;
      const text = `${event.violatedDirective} ${event.blockedURI} ${event.sample} at ${where}`;
      (window as unknown as { reportViolation(text: string): void }).reportViolation(text);
    });
  });
}
