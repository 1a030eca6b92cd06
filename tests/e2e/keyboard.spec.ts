// Through the whole page by keys alone: the focus is always somewhere, and always to be seen; also
// when the page is enlarged.

import type { Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';

interface Stop {
  /** What has the focus. */
  what: string;
  /** Whether an outline shows it, inside the window. */
  isShown: boolean;
}

function stop(page: Page): Promise<Stop> {
  return page.evaluate(() => {
    const focused = document.activeElement;
    // The ring may be drawn around what stands for the focused element, a label for instance.
    const rings = [...document.querySelectorAll('*')].filter((it) => {
      const style = getComputedStyle(it);
      return style.outlineStyle === 'solid' && parseFloat(style.outlineWidth) >= 2;
    });
    // An editor shows where one is by its caret.
    const isText = focused?.matches('manifest-editor, textarea') ?? false;
    const isShown = isText || rings.some((it) => {
      const box = it.getBoundingClientRect();
      const isInside = box.bottom > 0 && box.top < innerHeight && box.right > 0;
      return box.width > 0 && isInside && box.left < innerWidth;
    });
    const name = focused?.getAttribute('aria-label') ?? focused?.textContent?.trim().slice(0, 30);
    return { what: `${focused?.tagName} ${name}`, isShown };
  });
}

/** Presses Tab until the focus leaves the page or is where it began. */
async function walk(page: Page, key: string): Promise<Stop[]> {
  const stops: Stop[] = [];
  for (let count = 0; count < 120; count += 1) {
    // In the editor Tab indents, unless Escape has been pressed before.
    if (stops.at(-1)?.what.startsWith('MANIFEST-EDITOR')) await page.keyboard.press('Escape');
    await page.keyboard.press(key);
    const next = await stop(page);
    if (next.what.startsWith('BODY') || next.what === stops[0]?.what) break;
    stops.push(next);
  }
  return stops;
}

for (const [width, height, name] of [[1440, 900, 'as drawn'], [1280, 720, 'small'], [720, 450,
  'at 200 percent']] as const) {
  test(`Tab goes through the whole page, and its ring is seen, ${name}`, async ({
    page, playground,
  }) => {
    await page.setViewportSize({ width, height });
    await playground.settle();
    if (width > 1100) await playground.codeEditor();
    const stops = await walk(page, 'Tab');
    expect(stops.filter((it) => !it.isShown).map((it) => it.what), 'unseen').toEqual([]);
    const names = stops.map((it) => it.what).join('\n');
    const all = ['Play', 'Speed', 'Add a node to Workers', 'cp-1', 'Terminal', 'Time'];
    for (const wanted of all) {
      if (wanted === 'Speed') expect(names).toMatch(/INPUT 1×/);
      else expect(names).toContain(wanted);
    }
    expect(stops.length).toBeGreaterThan(20);
  });
}

test('everything that a key opens gives the focus back', async ({ page, playground }) => {
  await playground.settle();
  await playground.walkTo('worker-2');
  for (const [key, dialog] of [
    ['?', 'Keyboard'], ['g', 'Gallery'], ['Shift+N', 'Add nodes'], ['l', 'Labels of worker-2'],
    ['x', 'Taints of worker-2'], ['m', 'More for worker-2'],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole('dialog', { name: dialog })).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(page.getByRole('dialog', { name: dialog })).toBeHidden();
    await expect(playground.node('worker-2'), `after ${key}`).toBeFocused();
  }
});

test('at 200 percent everything is within reach, without scrolling sideways', async ({
  page, playground,
}) => {
  await page.setViewportSize({ width: 720, height: 450 });
  await playground.settle();
  const overflow = () =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(await overflow()).toBeLessThanOrEqual(0);
  const buttons = page.getByRole('banner').getByRole('button').filter({ visible: true });
  const covered = await buttons.evaluateAll((all) => all.flatMap((one) => {
    const box = one.getBoundingClientRect();
    const over = all.filter((it) => {
      const other = it.getBoundingClientRect();
      return it !== one && other.left < box.right - 1 && box.left < other.right - 1;
    });
    return over.map((it) => `${one.ariaLabel} ${it.textContent}`);
  }));
  expect(covered, 'buttons of the top bar that lie over one another').toEqual([]);
  await playground.act('gpu-2', 'Cordon');
  await playground.expectCommand('kubectl cordon gpu-2');
  await playground.button('Manifest').click();
  await playground.edit((yaml) => yaml.replace('8.10.0', '8.11.0'));
  await playground.settle();
  await playground.expectStatus({ 'up-to-date': 6 });
  expect(await overflow()).toBeLessThanOrEqual(0);
});
