// Time stops where something becomes true, and says why.

import { test, expect } from './fixtures.ts';

test('time stops at the instant at which fewer pods are available', async ({
  playground,
  page,
}) => {
  await playground.settle();
  const timeline = page.getByRole('region', { name: 'Timeline' });
  await playground.button('Pause when …').focus();
  await page.keyboard.press('Enter');
  const menu = page.getByRole('group', { name: 'Pause when' });
  await expect(menu.getByRole('combobox', { name: 'Figure' })).toHaveValue('AVAILABLE');
  await expect(menu.getByRole('spinbutton', { name: 'Number' })).toHaveValue('6');
  await menu.getByRole('button', { name: 'Add' }).click();
  await expect(menu.getByRole('listitem')).toHaveText('kube-system/node-logger: AVAILABLE < 6');
  await page.keyboard.press('Escape');
  await expect(timeline.getByRole('button', { name: 'AVAILABLE < 6' }), 'armed').toBeVisible();
  await playground.expectCommand('break kube-system/node-logger available below 6');

  await playground.edit((yaml) => yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  const before = await playground.now();
  await page.evaluate(() => {
    window.playground.setSpeed(16);
    window.playground.play();
  });
  const why = 'AVAILABLE of node-logger fell to 5, below 6';
  await expect(playground.notice).toContainText(`Paused: ${why}.`);
  await expect(playground.button('Play').filter({ visible: true })).toBeVisible();
  await expect(timeline).toContainText(why);
  await playground.expectStatus({ available: 5 });
  expect((await playground.now()) - before, 'and no later').toBeLessThan(2);

  await timeline.getByRole('button', { name: 'AVAILABLE < 6' }).click();
  await menu.getByRole('button', { name: 'Remove AVAILABLE < 6' }).click();
  await expect(menu.getByRole('listitem')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.evaluate(() => window.playground.play());
  await playground.expectStatus({ available: 6, 'up-to-date': 6 });
});

test('breaks are there again after a reload, and stop time', async ({ playground, page }) => {
  await playground.settle();
  await playground.type('break kube-system/node-logger available below 6');
  await playground.type('break pod crashes');
  const timeline = page.getByRole('region', { name: 'Timeline' });
  const armed = timeline.getByRole('button', { name: 'AVAILABLE < 6, 1 more' });
  await expect(armed).toBeVisible();
  await page.reload();
  await page.evaluate(() => window.playground.ready);
  await expect(armed, 'kept').toBeVisible();
  await playground.edit((yaml) => yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  await page.evaluate(() => void window.playground.play());
  await expect(playground.notice).toContainText('AVAILABLE of node-logger fell to 5, below 6');

  await playground.type('break off');
  await expect(armed).toBeHidden();
  await page.reload();
  await page.evaluate(() => window.playground.ready);
  await expect(timeline.getByRole('button', { name: 'Pause when' })).toBeVisible();
});
