// The controller's loop in the drawer: what the next sync will do is what then happens.

import AxeBuilder from '@axe-core/playwright';
import { test, expect } from './fixtures.ts';

test('single steps: what the next sync says, the cluster then does', async ({
  playground,
  page,
}) => {
  await playground.settle();
  // What settled last wakes the controller once more.
  await playground.advance(5);
  await page.getByRole('tab', { name: 'Controller' }).click();
  const loop = page.getByRole('region', { name: 'Controller' });
  const step = loop.getByRole('button', { name: 'Step' });
  await expect(loop.getByText(/^It sleeps:/)).toBeVisible();
  await expect(step).toHaveAttribute('aria-disabled', 'true');

  const yaml = await playground.manifest();
  await playground.write(yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  await playground.apply();
  await page.evaluate(() => void window.playground.pause());
  // Applying let no time pass: the sync is still to come.
  const row = (act: string) => loop.locator(`.loop__row[data-act="${act}"]`);
  await expect(loop.getByText('Deletes 1 pod.')).toBeVisible();
  await expect(row('delete')).toContainText('the budget allows it');
  await expect(row('wait')).toContainText('5 nodes');
  await expect(row('skip').first()).toContainText(/should run: no/);
  const node = (await row('delete').locator('b').textContent()) ?? '';
  const pod = playground.pods('kube-system/node-logger', node).first();
  await expect(pod).toHaveAttribute('data-state', 'ready');

  await step.click();
  await expect(pod).toHaveAttribute('data-state', 'leaving');
  await loop.getByRole('radio', { name: 'Last' }).check();
  await expect(loop.getByText('Deletes 1 pod.')).toBeVisible();
  await loop.getByRole('radio', { name: 'Next' }).check();
  await expect(loop.getByText('Nothing to do yet: 6 nodes wait.')).toBeVisible();

  const found = await new AxeBuilder({ page }).include('.loop').analyze();
  expect(found.violations).toEqual([]);
});

test('at 500 nodes the same answers share a row', async ({ playground, page }) => {
  await playground.settle();
  await page.locator('body').press('Shift+N');
  const dialog = page.getByRole('dialog', { name: 'Add nodes' });
  await dialog.getByRole('textbox', { name: 'How many' }).fill('491');
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'Controller' }).click();
  const loop = page.getByRole('region', { name: 'Controller' });
  // New nodes carry the taint not-ready, which no daemon pod tolerates; the first that is Ready
  // wakes the controller.
  const skipped = loop.locator('.loop__row[data-act="skip"]');
  await expect(skipped.filter({ hasText: /4\d\d nodes/ })).toBeVisible();
  expect(await loop.locator('.loop__row').count()).toBeLessThan(10);
});

test('C opens it; it shows the loop at a glance, a cell for each node', async ({
  playground,
  page,
}) => {
  await playground.settle();
  await page.locator('body').press('c');
  const loop = page.getByRole('region', { name: 'Controller' });
  await loop.getByRole('radio', { name: 'Last' }).check({ force: true });
  const figures = loop.locator('.loop__figures');
  await expect(figures.first()).toContainText('9 listed, 6 should run');
  await expect(figures.first()).toContainText('6 claimed, 6 available');
  await expect(figures.first()).toContainText('maxUnavailable 1, used 0');
  await expect(figures.last()).toContainText('create0delete0');
  await expect(loop.locator('.loop__cell')).toHaveCount(9);
  await expect(loop.locator('.loop__cell[data-act="skip"]')).toHaveCount(3);
});
