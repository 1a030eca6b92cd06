// The sheets of a phone: the focus goes in, stays in, and comes back.

import type { Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

const views = (page: Page) => page.getByRole('navigation', { name: 'Views' });

/** Whether the focus is on something in the sheet that is open. */
const isInside = (page: Page) =>
  page.evaluate(() => {
    const sheet = document.querySelector('[role=dialog][aria-modal=true]');
    const focused = document.activeElement;
    return focused === document.body || (sheet?.contains(focused) ?? false);
  });

for (const [tab, name] of [
  ['YAML', 'Manifest editor'], ['Terminal', 'Details'], ['Events', 'Details'],
] as const) {
  test(`the focus goes into the sheet ${tab}, stays, and returns`, async ({ page, playground }) => {
    await playground.settle();
    const opener = views(page).getByRole('button', { name: tab });
    await opener.press('Enter');
    const sheet = page.getByRole('dialog', { name });
    await expect(sheet).toBeVisible();
    const close = sheet.getByRole('button', { name: 'Close the sheet' });
    await expect(close).toBeFocused();
    for (let count = 0; count < 25; count += 1) {
      await page.keyboard.press('Tab');
      expect(await isInside(page), `Tab number ${count + 1}`).toBe(true);
    }
    await close.press('Enter');
    await expect(sheet).toHaveCount(0);
    await expect(opener).toBeFocused();
  });
}

test('a touch beside the sheet closes it, and Escape does too', async ({ page, playground }) => {
  await playground.settle();
  const opener = views(page).getByRole('button', { name: 'Events' });
  const sheet = page.getByRole('dialog', { name: 'Details' });
  await opener.tap();
  await expect(sheet).toBeVisible();
  await page.touchscreen.tap(195, 60);
  await expect(sheet).toHaveCount(0);
  await opener.tap();
  await sheet.getByRole('button', { name: 'Close the sheet' }).press('Escape');
  await expect(sheet).toHaveCount(0);
  await expect(opener).toBeFocused();
});

test('who asks for the text by its key is in the text', async ({ page, playground }) => {
  await page.keyboard.press('e');
  await expect(playground.editor).toBeFocused();
});
