// What people have told their system: less motion, colours of their own, larger letters.

import type { Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';
import { STATES } from '../screens/states.ts';

test('with reduced motion nothing moves by itself, however busy the cluster is', async ({
  page,
  playground,
}) => {
  await playground.settle();
  await playground.edit((yaml) => yaml.replace('8.10.0', '8.11.0'));
  await playground.select('worker-2');
  const lasting = () =>
    page.evaluate(() => {
      const all = document.getAnimations().filter((it) => it.playState === 'running');
      const moves = all.filter((it) => {
        const { iterations, activeDuration } = it.effect?.getComputedTiming() ?? {};
        return iterations === Infinity || Number(activeDuration) > 1;
      });
      return moves.map((it) => {
        const effect = it.effect as KeyframeEffect | null;
        return `${effect?.target?.className} ${effect?.pseudoElement ?? ''}`;
      });
    });
  const states = new Set<string>();
  await page.evaluate(() => void window.playground.play());
  // Pods leave, pull, start and become ready meanwhile.
  await expect(async () => {
    expect(await lasting()).toEqual([]);
    const pods = page.locator('.pod[data-state]');
    const seen = await pods.evaluateAll((all) => all.map((it) => it.getAttribute('data-state')));
    for (const state of seen) states.add(state ?? '');
    expect([...states]).toEqual(expect.arrayContaining(['leaving', 'pulling', 'ready']));
  }).toPass({ timeout: 30_000, intervals: [50] });
});

test('where the system chooses the colours, what means something by colour keeps it', async ({
  page,
  playground,
}) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await playground.settle();
  await playground.edit((yaml) => yaml.replace('8.10.0', '8.11.0'));
  // Half way through the rollout pods of both revisions are ready.
  const fills = async () => {
    await playground.advance(1);
    const ready = page.locator('.stage .pod[data-state="ready"]');
    return ready.evaluateAll((all) => {
      const fill = (it: Element) => getComputedStyle(it, '::before').backgroundColor;
      return Object.fromEntries(all.map((it) => [it.getAttribute('data-revision'), fill(it)]));
    });
  };
  let seen: Record<string, string> = {};
  await expect(async () => {
    seen = await fills();
    expect(Object.keys(seen)).toEqual(['1', '2']);
  }).toPass({ intervals: [20] });
  expect(seen['1']).not.toBe(seen['2']);
  // A selected card and a pressed choice are seen without shadows and shades.
  await playground.select('worker-2');
  const outline = await playground.node('worker-2').evaluate((it) => getComputedStyle(it).outline);
  expect(outline).toMatch(/solid [23]px|[23]px.*solid|solid.*[23]px/);
  const fill = (name: string) =>
    playground
      .speed(name)
      .locator('..')
      .evaluate((it) => getComputedStyle(it).backgroundColor);
  expect(await fill('1×')).not.toBe(await fill('4×'));
});

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
