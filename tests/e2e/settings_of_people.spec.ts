// What people have set for themselves: larger letters, less motion, colours of their own.

import type { Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';
import { STATES } from '../screens/states.ts';

const NODE_LOGGER = 'kube-system/node-logger';

/** Controls that are there, and are not hit in their middle however the page is scrolled. */
async function outOfReach(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    // What is open lies over the rest.
    const scope = document.querySelector('dialog[open], .form') ?? document;
    const lost: string[] = [];
    for (const it of scope.querySelectorAll<HTMLElement>('button, a[href], input, select')) {
      const target = it.closest('label') ?? it;
      if (target.closest('manifest-editor, .sr, .skip, [inert]') !== null) continue;
      if (!target.checkVisibility({ visibilityProperty: true, opacityProperty: true })) continue;
      target.scrollIntoView({ block: 'center', inline: 'center' });
      const { x, y, width, height } = target.getBoundingClientRect();
      const hit = document.elementFromPoint(x + width / 2, y + height / 2);
      if (hit !== null && target.contains(hit)) continue;
      const name = target.getAttribute('aria-label') ?? target.textContent?.trim().slice(0, 24);
      lost.push(`${target.className || target.tagName} "${name}" under ${hit?.className}`);
    }
    return lost;
  });
}

test.describe('at twice the size', () => {
  // A window of 1440 × 900 pixels has room for half as many.
  test.use({ viewport: { width: 720, height: 450 }, deviceScaleFactor: 2 });
  const names = ['start', 'mid-rollout', 'node-selected', 'form-taint', 'gallery', 'nodes-500'];
  for (const state of STATES.filter((it) => names.includes(it.name))) {
    test(`everything is within reach: ${state.name}`, async ({ playground, page }) => {
      await state.prepare(playground, page);
      expect(await outOfReach(page)).toEqual([]);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wider, 'nobody scrolls sideways to read').toBeLessThanOrEqual(0);
    });
  }
});

/** The longest animation that runs within a second and a half of a rollout, in milliseconds. */
async function longestMotion(page: Page): Promise<number> {
  return page.evaluate(async () => {
    let longest = 0;
    const end = performance.now() + 1_500;
    while (performance.now() < end) {
      for (const { effect, playState } of document.getAnimations()) {
        const { duration = 0, iterations = 1 } = effect?.getComputedTiming() ?? {};
        if (playState === 'running') longest = Math.max(longest, Number(duration) * iterations);
      }
      await new Promise(requestAnimationFrame);
    }
    return longest;
  });
}

for (const reducedMotion of ['reduce', 'no-preference'] as const) {
  test.describe(`motion: ${reducedMotion}`, () => {
    test.use({ contextOptions: { reducedMotion } });
    test('a rollout moves as much as somebody wants', async ({ playground, page }) => {
      await page.emulateMedia({ reducedMotion });
      await playground.settle();
      await playground.edit((yaml) => yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
      await page.getByRole('button', { name: 'Play', exact: true }).click();
      const longest = await longestMotion(page);
      if (reducedMotion === 'reduce') expect(longest).toBeLessThanOrEqual(1);
      else expect(longest).toBeGreaterThan(100);
    });
  });
}

test('in colours of the system, what is chosen and what a pod does is still told', async ({
  playground,
  page,
}) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await playground.settle();
  const styles = (selector: string, names: string[]) =>
    page
      .locator(selector)
      .first()
      .evaluate(
        (it, names) => names.map((name) => getComputedStyle(it).getPropertyValue(name)),
        names,
      );
  // A pod keeps its colour, and has its number.
  const ready = await styles('[data-node="worker-1"] .pod', ['forced-color-adjust']);
  expect(ready).toEqual(['none']);
  await expect(playground.pods(NODE_LOGGER, 'worker-1')).toHaveText('1');
  await playground.select('worker-2');
  const [chosen] = await styles('[data-node="worker-2"]', ['outline-style']);
  const [other] = await styles('[data-node="worker-3"]', ['outline-style']);
  expect([chosen, other]).toEqual(['solid', 'none']);
  const [edge] = await styles('.button', ['border-top-style']);
  expect(edge, 'a button has an edge').toBe('solid');
});
