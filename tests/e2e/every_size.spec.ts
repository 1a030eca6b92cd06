// What a wide screen shows must be in reach on a narrow one, too, and nothing may cover a figure.

import type { Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';
import type { Playground } from './page.ts';

const SIZES = [
  { width: 1440, height: 900 },
  { width: 1280, height: 720 },
  { width: 800, height: 900 },
  { width: 390, height: 844 },
];
const PHONE = { width: 390, height: 844 };
const PODS = ['ready', 'starting', 'leaving', 'pending', 'failed'];

/** Two nodes at a time, into the second wave. */
async function midRollout(playground: Playground): Promise<void> {
  await playground.settle();
  await playground.page.evaluate(async () => {
    const yaml = await (await fetch('gallery/node-logger.yaml')).text();
    const strategy = 'spec:\n  updateStrategy: {rollingUpdate: {maxUnavailable: 2}}\n';
    window.playground.apply(yaml.replace('8.10.0', '8.11.0').replace('spec:\n', strategy));
    window.playground.advance(9);
  });
}

/** Elements that do not answer at their own middle, by their text. */
async function covered(page: Page, selector: string): Promise<string[]> {
  return page.locator(selector).filter({ visible: true }).evaluateAll((all) =>
    all.filter((it) => {
      const box = it.getBoundingClientRect();
      const hit = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
      // The whole figure is its button.
      return hit?.closest('.figure') !== it.closest('.figure');
    }).map((it) => it.textContent ?? ''),
  );
}

for (const size of SIZES) {
  test.describe(`${size.width} × ${size.height}`, () => {
    test.use({ viewport: size });

    test('the map has its key', async ({ playground, page }) => {
      await playground.addNodes(100);
      const key = page.getByRole('list', { name: 'Cell states' });
      await expect(key).toBeInViewport({ ratio: 1 });
      const entries = await key.getByRole('listitem').filter({ visible: true }).allTextContents();
      expect(entries.slice(0, 5)).toEqual(PODS);
      // Where no list of exceptions with their signs stands beside the map, the key has them all.
      const rest = ['no pod', 'NotReady', 'cordoned', 'taint'];
      expect(entries.slice(5)).toEqual(size.width < 1360 ? rest : []);
    });

    test('bars say how much, and tokens have one size', async ({ playground, page }) => {
      await playground.settle();
      await playground.page.evaluate(() => {
        window.playground.kubectl('node fail worker-6');
        window.playground.advance(60);
      });
      const tokens = page.locator('.well > .pod[data-own="true"]');
      const width = (it: Element) => (it as HTMLElement).offsetWidth;
      const sizes = await Promise.all((await tokens.all()).map((it) => it.evaluate(width)));
      expect(sizes).toEqual(Array(6).fill(40));
      const cut = await page.locator('.usage').filter({ visible: true }).evaluateAll((all) =>
        all.filter((it) => {
          const [word, figure] = [...it.querySelectorAll('span')]
            .map((it) => it.getBoundingClientRect());
          return figure.width === 0 || figure.y !== word.y || figure.x < word.right;
        }).length,
      );
      expect(cut, 'figures that are not beside their word').toBe(0);
      // Cards do not cut what stands at their foot.
      const over = await page.locator('.node').evaluateAll((all) =>
        all.filter((it) => it.scrollHeight > it.clientHeight + 1).map((it) => it.ariaLabel),
      );
      expect(over).toEqual([]);
    });
  });
}

test('a pod that waits says for which wave', async ({ playground, page }) => {
  await midRollout(playground);
  const waiting = page.locator('.node', { hasText: /Ready, wave 3/ });
  await expect(waiting).toHaveCount(2);
  await expect(page.locator('.node', { hasText: /, wave [12]/ })).toHaveCount(0);
  await playground.settle();
  await expect(page.locator('.node', { hasText: /, wave/ })).toHaveCount(0);
});

test('the sentence of a rollout agrees with the chart, also looking back', async ({
  playground, page,
}) => {
  await midRollout(playground);
  const there = await playground.now();
  await playground.settle();
  await page.evaluate((it) => void window.playground.seek(it), there);
  const left = await page.getByRole('region', { name: 'Plan', exact: true }).innerText();
  const seconds = Number(/about (\d+) s left/.exec(left)?.[1]);
  const done = page.getByRole('option', { name: /rollout of revision 2 done/ });
  const [minute, second] = /(\d\d):(\d\d) rollout/.exec((await done.getAttribute('aria-label'))!)!
    .slice(1).map(Number);
  expect(Math.abs(there + seconds - (minute * 60 + second))).toBeLessThan(2.5);
});

test('the key of the timeline names every form that stands on it', async ({ playground, page }) => {
  await midRollout(playground);
  await playground.settle();
  const menu = page.getByRole('group', { name: 'Key' });
  await page.getByRole('button', { name: 'Key', exact: true }).press('Enter');
  await expect(menu).toBeVisible();
  const form = (it: Element) => {
    const sign = getComputedStyle(it, '::before');
    const style = sign.content === 'none' ? getComputedStyle(it) : sign;
    return [style.clipPath, style.backgroundColor, style.borderRadius, style.borderWidth].join();
  };
  const key = menu.getByRole('list', { name: 'Marks' }).locator('.mark');
  const named = await key.evaluateAll((all) => all.map((it) => it.getAttribute('data-kind')));
  const seen = page.locator('.marks__strip .mark');
  const kinds = await seen.evaluateAll((all) => all.map((it) => it.getAttribute('data-kind')));
  for (const kind of new Set(kinds)) {
    expect(named).toContain(kind);
    const of = `[data-kind="${kind}"]`;
    const [here, there] = [seen.and(page.locator(of)).first(), key.and(page.locator(of)).first()];
    expect(await here.evaluate(form), kind).toBe(await there.evaluate(form));
  }
  // Each of them is there to be seen.
  const unseen = await key.evaluateAll((all) => all.filter((it) => {
    const looks = [getComputedStyle(it), getComputedStyle(it, '::before')];
    return looks.every(({ backgroundColor, borderTopWidth }) =>
      backgroundColor === 'rgba(0, 0, 0, 0)' && borderTopWidth === '0px',
    );
  }).map((it) => it.getAttribute('data-kind')));
  expect(unseen).toEqual([]);
  await expect(menu).toContainText('lowest allowed');
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
});

test.describe('on a phone', () => {
  test.use({ viewport: PHONE, hasTouch: true });

  test('what opens at the top covers no figure', async ({ playground, page }) => {
    await playground.settle();
    await page.getByRole('button', { name: 'Time and more' }).click();
    await expect(page.getByRole('radiogroup', { name: 'Speed' })).toBeVisible();
    await expect(page.locator('[data-status="ready"]')).toBeVisible();
    expect(await covered(page, '.figure__number')).toEqual([]);
    const top = async (name: string) => (await page.locator(name).boundingBox())!.y;
    expect(await top('.timeline'), 'above the tabs').toBeLessThan(await top('.view-tabs'));
    await page.getByRole('button', { name: 'Time and more' }).click();
    await expect(page.getByRole('radiogroup', { name: 'Speed' })).toBeHidden();
  });

  test('the stage tells of the rollout, and of looking back', async ({ playground, page }) => {
    await midRollout(playground);
    const sentence = page.locator('.stage__rollout');
    await expect(sentence).toBeInViewport();
    await expect(sentence).toHaveText(/^Wave 2 of 3, about \d+ s left\d of 6 pods are on/);
    const there = await playground.now();
    await playground.settle();
    await expect(sentence).toHaveCount(0);
    await page.evaluate((it) => void window.playground.seek(it), there);
    const timeline = page.getByRole('region', { name: 'Timeline' });
    await expect(timeline).toContainText(/looking back at 00:\d\d: wave 2 of 3/);
    await expect(sentence).toBeInViewport();
    const back = timeline.getByRole('button', { name: /^Back to 00:/ });
    expect((await back.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await back.click();
    await expect.poll(() => playground.now()).toBeGreaterThan(there);
    await expect(back).toHaveCount(0);
  });
});
