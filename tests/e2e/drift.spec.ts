// The cluster was changed by kubectl and the text was not: the card says so before Apply rolls it
// back, and the cluster's state can be taken into the text.

import { test, expect } from './fixtures.ts';

const SET_IMAGE = 'kubectl -n kube-system set image ds/node-logger '
  + 'filebeat=docker.elastic.co/beats/filebeat:8.11.0';
const SAID = new RegExp('The cluster differs from this text: somebody set image of filebeat to '
  + '.*:8\\.11\\.0\\. Apply would change it back\\.');

test.beforeEach(async ({ playground }) => {
  await playground.settle();
});

test('what kubectl changed is told with what Apply would do', async ({ playground, page }) => {
  const card = page.getByRole('region', { name: 'Plan', exact: true });
  await page.evaluate((line) => void window.playground.kubectl(line), SET_IMAGE);
  // While it rolls out, too.
  await expect(card).toContainText(SAID);
  await playground.settle();
  await expect(card).toContainText(SAID);
  await expect(card).toContainText('6 pods restart in 6 waves');
  await expect(card.getByText('cluster differs', { exact: true })).toBeVisible();
  await expect(playground.applyButton).not.toHaveAttribute('data-quiet');

  await card.getByRole('button', { name: 'Diff' }).click();
  const diff = page.getByRole('dialog', { name: 'What Apply would change' });
  await expect(diff).toContainText('filebeat:8.11.0');
  await page.keyboard.press('Escape');

  await playground.apply();
  await playground.settle();
  await expect(card).not.toContainText('differs');
  await expect(playground.applyButton).toHaveAttribute('data-quiet', '');
});

test('the cluster\'s state is taken into the text', async ({ playground, page }) => {
  const card = page.getByRole('region', { name: 'Plan', exact: true });
  const before = await playground.manifest();
  await page.evaluate((line) => void window.playground.kubectl(line), SET_IMAGE);
  await playground.settle();
  await card.getByRole('button', { name: 'Take into the text' }).click();
  await expect.poll(() => playground.manifest()).toBe(before.replace(':8.10.0', ':8.11.0'));
  await expect(card).not.toContainText('differs');
  await expect(page.getByRole('img', { name: 'not applied yet' })).toHaveCount(0);
  // It can be undone, and is a change of the text then.
  await playground.editor.focus();
  await page.keyboard.press('Control+z');
  await expect.poll(() => playground.manifest()).toBe(before);
  await expect(card.getByRole('button', { name: 'Discard' })).toBeVisible();
});

test('what apply would not touch is not told, and nothing after an undo', async ({
  playground, page,
}) => {
  const card = page.getByRole('region', { name: 'Plan', exact: true });
  await page.evaluate(() => {
    window.playground.kubectl('kubectl -n kube-system rollout restart ds/node-logger');
    window.playground.kubectl('kubectl -n kube-system label ds node-logger team=a');
  });
  await playground.settle();
  await page.evaluate((line) => void window.playground.kubectl(line), SET_IMAGE);
  await expect(card).toContainText(SAID);
  await playground.settle();
  await page.evaluate(() => {
    window.playground.kubectl('kubectl -n kube-system rollout undo ds/node-logger');
  });
  await expect(card).not.toContainText('differs');
});
