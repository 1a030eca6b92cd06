// The gallery: found, opened and applied, by mouse and by keyboard, and without a network.

import { test, expect } from './fixtures.ts';
import { ALL_NODES, WORKERS, nodesWithPod } from './kubernetes.ts';

test('a manifest is chosen by mouse, applied, and runs', async ({ playground }) => {
  await playground.openFromGallery('Cilium agent');
  await expect.poll(() => playground.manifest()).toContain('name: cilium');
  await playground.apply();
  await playground.settle(600);
  expect(nodesWithPod(await playground.snapshot(), 'cilium')).toEqual(ALL_NODES);
});

test('a manifest is found, opened and applied by keyboard alone', async ({ playground, page }) => {
  await page.keyboard.press('g');
  const field = page.getByRole('combobox', { name: 'Search the gallery' });
  await expect(field).toBeFocused();
  const rows = playground.gallery.getByRole('option');
  await expect(rows).toHaveCount(16);
  for (const group of ['Logging', 'Monitoring', 'Networking', 'Security', 'Storage', 'Devices']) {
    await expect(playground.gallery.getByRole('group', { name: group })).toBeVisible();
  }

  await page.keyboard.type('logg');
  await expect(rows.first()).toHaveAccessibleName(/^node-logger/);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  const chosen = playground.gallery.getByRole('option', { selected: true });
  await expect(chosen).toHaveAccessibleName(/^Fluent Bit/);
  await expect(field).toHaveAttribute('aria-activedescendant', (await chosen.getAttribute('id'))!);
  await page.keyboard.press('Enter');
  await expect(playground.gallery).toBeHidden();
  await expect(playground.editor).toBeFocused();
  expect(await playground.manifest()).toMatch(/^# .*\n(#.*\n)+apiVersion: apps\/v1/);

  await page.keyboard.press('Control+Enter');
  await playground.settle(600);
  expect(nodesWithPod(await playground.snapshot(), 'fluent-bit')).toEqual(WORKERS);
});

test('Escape closes the gallery and changes nothing', async ({ playground, page }) => {
  const before = await playground.manifest();
  await playground.button('Gallery').click();
  await page.keyboard.type('nothing of the kind');
  await expect(playground.gallery).toContainText('Nothing in the gallery matches.');
  await page.keyboard.press('Enter');
  await expect(playground.gallery).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(playground.gallery).toBeHidden();
  await expect(playground.button('Gallery')).toBeFocused();
  expect(await playground.manifest()).toBe(before);
});

test('without a network it says so and keeps the text', async ({
  playground, page, context, complaints,
}) => {
  const typed = '# mine\n';
  await playground.write(typed);
  await context.setOffline(true);
  await playground.button('Gallery').click();
  await expect(playground.gallery).toContainText('The gallery could not be loaded.');
  await context.setOffline(false);
  await playground.gallery.getByRole('button', { name: 'Try again' }).click();
  await expect(playground.gallery.getByRole('option')).toHaveCount(16);

  await context.setOffline(true);
  await playground.gallery.getByText('Falco', { exact: true }).click();
  await expect(playground.gallery).toContainText('falco.yaml could not be loaded.');
  await page.keyboard.press('Escape');
  expect(await playground.manifest()).toBe(typed);
  // The browser has reported the two requests that failed.
  expect(complaints.length).toBeGreaterThan(0);
  complaints.length = 0;
});
