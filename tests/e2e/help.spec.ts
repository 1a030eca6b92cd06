// Help while somebody types: the words that fit, with what this cluster has, and what fields mean.

import type { Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';

const HEAD = 'apiVersion: apps/v1\nkind: DaemonSet\nspec:\n  template:\n    spec:\n';

const offer = (page: Page) => page.getByRole('listbox', { name: 'Completions' });
const words = (page: Page) => offer(page).getByRole('option');

/** A key for the list. In its first moment it takes none, so that nobody hits it blindly. */
async function take(page: Page, key: 'Enter' | 'Tab' | 'ArrowDown'): Promise<void> {
  await page.waitForTimeout(150);
  await page.keyboard.press(key);
}

test.beforeEach(async ({ playground }) => {
  await playground.codeEditor();
});

test('fields and values are offered while somebody types, and by Ctrl+Space', async ({
  playground,
  page,
}) => {
  await playground.write(`${HEAD}      `);
  await page.keyboard.press('Control+End');
  await page.keyboard.type('toler');
  await expect(words(page).first()).toContainText('tolerations');
  await take(page, 'Enter');
  // The next words are offered at once: the fields of a toleration.
  await expect(words(page).filter({ hasText: 'effect' })).toBeVisible();
  await page.keyboard.type('eff');
  await expect(words(page)).toHaveCount(1);
  await take(page, 'Tab');
  await expect(words(page)).toHaveText([/NoExecute/, /NoSchedule/, /PreferNoSchedule/]);
  await take(page, 'ArrowDown');
  await take(page, 'Enter');
  expect(await playground.manifest()).toBe(
    `${HEAD}      tolerations:\n      - effect: NoSchedule`,
  );
  await expect(offer(page)).toBeHidden();
  await page.keyboard.type('\nkey: ');
  await page.keyboard.press('Control+Space');
  await expect(words(page).filter({ hasText: 'dedicated' })).toContainText('on 2 nodes');
  // The first Escape closes the offer; focus stays.
  await page.keyboard.press('Escape');
  await expect(offer(page)).toBeHidden();
  await page.keyboard.press('Tab');
  await expect(playground.editor).toBeFocused();
});

test('what this cluster has is offered: labels, their values, images', async ({
  playground,
  page,
}) => {
  await playground.write(`${HEAD}      nodeSelector:\n        `);
  await page.keyboard.press('Control+End');
  await page.keyboard.press('Control+Space');
  await expect(words(page).filter({ hasText: 'disk' })).toContainText('on 7 nodes');
  await page.keyboard.type('dis');
  await take(page, 'Tab');
  await expect(words(page)).toHaveText([/hdd.*on 2 nodes/, /ssd/]);
  await page.keyboard.type('s');
  await expect(words(page)).toHaveText([/ssd/]);
  await take(page, 'Tab');
  expect(await playground.manifest()).toMatch(/ {8}disk: ssd$/);
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('containers:\n- image: dock');
  const image = words(page).filter({ hasText: 'filebeat:8.10.0' });
  await expect(image).toBeVisible();
  // An image of one's own is not replaced by one of the cluster's.
  await take(page, 'Enter');
  expect(await playground.manifest()).toMatch(/image: dock\n *$/);
});

test('a field explains itself under the pointer, and in the list', async ({ playground, page }) => {
  const requests: string[] = [];
  page.on('request', (it) => requests.push(it.url()));
  const asked = () => requests.filter((it) => it.includes('descriptions')).length;
  await playground.editor.getByText('template', { exact: true }).hover();
  const field = page.locator('manifest-editor .field');
  await expect(field).toContainText('template v1.PodTemplateSpec, required');
  await expect(field).toContainText('An object that describes the pod that will be created.');
  await playground.write(`${HEAD}      `);
  await page.keyboard.press('Control+End');
  await page.keyboard.type('terminationGrace');
  await expect(page.locator('manifest-editor .cm-completionInfo')).toContainText(
    'Optional duration in seconds the pod needs to terminate gracefully.',
  );
  expect(asked(), 'fetched once, and only now').toBe(1);
});
