// Takes a picture of every state in every size and both themes.

import { test } from '@playwright/test';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Playground } from '../e2e/page.ts';
import { serve } from '../../xtask/node/site.js';
import { FOLDER, fileName } from './album.ts';
import { SIZES, STATES } from './states.ts';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

let server: Awaited<ReturnType<typeof serve>>;
test.beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true });
  server = await serve(DIST);
});
test.afterAll(() => server.close());

for (const size of SIZES) {
  const kind = size.width < 700 ? 'phone' : 'desk';
  for (const state of STATES.filter((it) => it.only === undefined || it.only === kind)) {
    for (const colorScheme of ['light', 'dark'] as const) {
      const name = fileName(state.name, size, colorScheme);
      test(name, async ({ browser }) => {
        const deviceScaleFactor = kind === 'phone' ? 2 : 1;
        const context = await browser.newContext({
          viewport: size, colorScheme, deviceScaleFactor, hasTouch: kind === 'phone',
        });
        const page = await context.newPage();
        const playground = new Playground(page, server.url);
        await page.goto(server.url);
        await page.evaluate(async () => {
          await window.playground.ready;
          window.playground.reset();
          window.playground.pause();
          await document.fonts.ready;
        });
        await state.prepare(playground, page);
        await page.mouse.move(0, 0);
        // Short motions end; loops go on and are frozen by the picture.
        await page.waitForTimeout(600);
        await page.screenshot({ path: join(FOLDER, name), animations: 'disabled' });
        await context.close();
      });
    }
  }
}
