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

test('whoever has no keyboard is told of no keys', async ({ page, playground }) => {
  await playground.settle();
  await views(page).getByRole('button', { name: 'YAML' }).click();
  await playground.button('Gallery').click();
  await expect(playground.gallery).toContainText('Opens as a file of its own');
  await expect(playground.gallery.locator('kbd')).toBeHidden();
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

test('what stands in the sheet of the manifest has one left edge', async ({ page, playground }) => {
  await playground.settle();
  await views(page).getByRole('button', { name: 'YAML' }).click();
  const sheet = page.getByRole('dialog', { name: 'Manifest editor' });
  const left = async (selector: string) => {
    const box = await sheet.locator(selector).first().boundingBox();
    return Math.round(box?.x ?? -1);
  };
  const edge = await left('.sheet-head__title');
  expect(await left('.file__name'), 'the tab').toBe(edge);
  expect(await left('.plan'), 'the card').toBe(edge);
  await expect(sheet.locator('.cm-lineNumbers')).toBeVisible();
  // Numbers end at the right; those with two digits are as wide as most.
  const number = await sheet.locator('.cm-lineNumbers').evaluate((gutter) => {
    const ten = [...gutter.children].find((it) => it.textContent === '10');
    const range = document.createRange();
    range.selectNodeContents(ten as Element);
    return range.getBoundingClientRect().x;
  });
  expect(Math.abs(number - edge), 'the line numbers').toBeLessThan(2.5);
});

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

test('Apply stays in reach below a long plan and all advice', async ({ page, playground }) => {
  await playground.settle();
  await views(page).getByRole('button', { name: 'YAML' }).tap();
  await playground.write((await playground.manifest()).replace('8.10.0', '8.11.0'));
  await page.locator('.plan__summary').click();
  await page.locator('.tips__title').click();
  await expect(page.locator('.tips__tip').first()).toBeVisible();
  await expect(playground.applyButton).toBeInViewport({ ratio: 1 });
  await expect(page.getByRole('button', { name: 'Close the sheet' })).toBeInViewport({ ratio: 1 });
  await page.getByRole('button', { name: 'Diff' }).click();
  const diff = page.getByRole('dialog').last();
  // It grows to its place.
  await expect(async () => {
    const box = await diff.boundingBox();
    expect([box?.x, box?.width]).toEqual([0, 390]);
  }).toPass();
});

test('who asks for the text by its key is in the text', async ({ page, playground }) => {
  await page.keyboard.press('e');
  await expect(playground.editor).toBeFocused();
});

test('a plan that is played closes the sheet it would play behind', async ({
  page, playground,
}) => {
  await playground.settle();
  await views(page).getByRole('button', { name: 'YAML' }).click();
  const yaml = await playground.manifest();
  await playground.write(yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  await page.getByRole('button', { name: 'Play the plan' }).click();
  await expect(page.getByRole('dialog', { name: 'Manifest editor' })).toHaveCount(0);
});

test('the tab of a file that was opened comes into its strip', async ({ page, playground }) => {
  await views(page).getByRole('button', { name: 'YAML' }).click();
  const add = page.getByRole('button', { name: 'New file' });
  for (let count = 0; count < 6; count += 1) await add.click();
  const current = page.getByRole('tab', { selected: true }).and(page.locator('.file'));
  await expect(current).toBeInViewport({ ratio: 0.9 });
  // Chosen while its sheet is closed, too.
  await page.getByRole('button', { name: 'Close the sheet' }).click();
  await playground.page.evaluate(() => {
    document.querySelector<HTMLElement>('.file')?.click();
  });
  await views(page).getByRole('button', { name: 'YAML' }).click();
  await expect(current).toBeInViewport({ ratio: 0.9 });
});
