// The panes: dragged, moved by keys, folded, and as they were after a reload, from the first paint.

import type { Locator, Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';

const side = (page: Page) => page.getByRole('region', { name: 'Manifest editor' });
const drawer = (page: Page) => page.getByRole('region', { name: 'Details' });
const border = (page: Page, name: string) => page.getByRole('separator', { name });

async function width(it: Locator): Promise<number> {
  return Math.round((await it.boundingBox())!.width);
}

async function height(it: Locator): Promise<number> {
  return Math.round((await it.boundingBox())!.height);
}

async function drag(page: Page, it: Locator, x: number, y: number): Promise<void> {
  const box = (await it.boundingBox())!;
  const [fromX, fromY] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(fromX, fromY);
  await page.mouse.down();
  await page.mouse.move(fromX + x / 2, fromY + y / 2);
  await page.mouse.move(fromX + x, fromY + y);
  await page.mouse.up();
}

/** How far anything moved by itself since the page was opened. */
async function shift(page: Page): Promise<number> {
  return page.evaluate(() => new Promise<number>((resolve) => {
    let sum = 0;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) sum += (entry as unknown as { value: number }).value;
    }).observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
  }));
}

test('the borders are dragged, and stay where they were left', async ({ page, playground }) => {
  const [wide, high] = [await width(side(page)), await height(drawer(page))];
  await drag(page, border(page, 'Width of the manifest'), 120, 0);
  await drag(page, border(page, 'Height of the drawer'), 0, -60);
  expect(await width(side(page))).toBe(wide + 120);
  expect(await height(drawer(page))).toBe(high + 60);
  await playground.open();
  expect(await width(side(page))).toBe(wide + 120);
  expect(await height(drawer(page))).toBe(high + 60);
  expect(await shift(page), 'nothing moves after the first paint').toBeLessThan(0.01);
  await border(page, 'Width of the manifest').dblclick();
  expect(await width(side(page)), 'a double click forgets it').toBe(wide);
});

test('the borders are moved by keys alone', async ({ page, playground }) => {
  const wide = await width(side(page));
  const it = border(page, 'Width of the manifest');
  await it.focus();
  await page.keyboard.press('ArrowRight');
  expect(await width(side(page))).toBe(wide + 16);
  await expect(it).toHaveAttribute('aria-valuenow', String(wide + 16));
  const now = await playground.now();
  await page.keyboard.press('Shift+ArrowLeft');
  expect(await width(side(page))).toBe(wide + 16 - 64);
  expect(await playground.now(), 'the arrows do not step time here').toBe(now);
  await page.keyboard.press('Enter');
  await expect(side(page)).toBeHidden();
  await expect(it).toBeFocused();
  await expect(it).toHaveAttribute('aria-valuetext', 'folded');
  await page.keyboard.press('Enter');
  await expect(side(page)).toBeVisible();
});

test('a folded pane stays folded, and E brings the manifest back', async ({ page, playground }) => {
  const it = border(page, 'Width of the manifest');
  await drag(page, it, -400, 0);
  await expect(side(page)).toBeHidden();
  await page.getByRole('button', { name: 'Collapse the drawer' }).click();
  await playground.open();
  await expect(side(page)).toBeHidden();
  await expect(page.getByRole('button', { name: 'Open the drawer' })).toBeVisible();
  expect(await shift(page)).toBeLessThan(0.01);
  await page.locator('body').press('e');
  await expect(playground.editor).toBeFocused();
  await expect(side(page)).toBeVisible();
});

test('a click on what is left of a folded manifest opens it', async ({ page, playground }) => {
  const it = border(page, 'Width of the manifest');
  await it.press('Enter');
  await expect(side(page)).toBeHidden();
  await it.click();
  await expect(side(page)).toBeVisible();
  await playground.codeEditor();
});
