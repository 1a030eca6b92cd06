// Looking for nodes: what does not match is greyed, by mouse and by key.

import { test, expect } from './fixtures.ts';

test('typing greys the nodes that do not match', async ({ page, playground }) => {
  const field = page.getByRole('searchbox', { name: 'Filter nodes' });
  const dim = page.locator('[data-node][data-dim]');
  await field.click();
  await field.fill('disk=hdd');
  await expect(dim).toHaveCount(7);
  await expect(playground.node('worker-5')).not.toHaveAttribute('data-dim');
  await expect(page.getByText('2 of 9')).toBeVisible();
  await field.fill('nobody');
  await expect(dim).toHaveCount(9);
  await field.fill('');
  await expect(dim).toHaveCount(0);
});

test('the key / looks for nodes, Enter goes to the first, Esc ends it', async ({
  page, playground,
}) => {
  await playground.select('worker-1');
  await page.keyboard.press('/');
  const field = page.getByRole('searchbox', { name: 'Filter nodes' });
  await expect(field).toBeFocused();
  await page.keyboard.type('cordoned');
  await expect(page.getByText('0 of 9')).toBeVisible();
  await playground.act('worker-6', 'Cordon');
  await page.keyboard.press('/');
  await expect(field).toBeFocused();
  await expect(page.locator('[data-node][data-dim]')).toHaveCount(8);
  await page.keyboard.press('Enter');
  await expect(playground.node('worker-6')).toBeFocused();
  await page.keyboard.press('/');
  await expect(field).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.locator('[data-dim]')).toHaveCount(0);
  await expect(playground.node('worker-6')).toBeFocused();
});
