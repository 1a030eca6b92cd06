// Where things on the page lead: by mouse, and by keys alone.

import type { Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';

const focused = (page: Page) => page.evaluate(() => document.activeElement?.textContent ?? '');

async function upgrade(page: Page): Promise<void> {
  await page.evaluate(async () => {
    window.playground.settle(120);
    const yaml = await (await fetch('gallery/node-logger.yaml')).text();
    window.playground.apply(yaml.replace('8.10.0', '8.11.0'));
    window.playground.advance(2);
  });
}

test('the legend asks what an image does', async ({ page, playground }) => {
  await playground.settle();
  const legend = page.getByRole('list', { name: 'Revisions' });
  const row = legend.getByRole('button');
  await row.click();
  const dialog = page.getByRole('dialog', { name: 'What this image does' });
  await expect(dialog).toContainText('docker.elastic.co/beats/filebeat:8.10.0');
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(row).toBeFocused();
  // By keys alone, and something comes of it.
  await page.keyboard.press('Enter');
  await dialog.getByRole('radio', { name: 'Cannot be pulled' }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await playground.expectCommand(/image .*filebeat:8\.10\.0/);
});

test('the cards of the wave that runs stand out, and no others', async ({ page, playground }) => {
  await expect(page.locator('[data-wave]'), 'the first pods are no wave').toHaveCount(0);
  await upgrade(page);
  const marked = page.locator('[data-wave="now"]');
  await expect(marked).toHaveCount(1);
  const sentence = page.getByRole('region', { name: 'Timeline' });
  await expect(sentence).toContainText((await marked.getAttribute('data-node'))!);
  await playground.settle();
  await expect(marked).toHaveCount(0);
});

test('the scenario says what is simulated, and opens again', async ({ page, playground }) => {
  const button = page.getByRole('button', { name: 'Log agent on every worker' });
  const menu = page.getByRole('group', { name: 'Scenario' });
  await button.click();
  await expect(menu).toContainText('6 Workers');
  const facts = menu.getByRole('link', { name: /What is simulated/ });
  await expect(facts).toHaveAttribute('href', 'conformance.html');
  await page.keyboard.press('Escape');
  await expect(menu).toBeHidden();
  await expect(button).toBeFocused();
  // By keys alone: the first item.
  await playground.addNode('Workers');
  await expect(playground.node('worker-7')).toBeVisible();
  await button.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(menu).toBeHidden();
  await expect(playground.node('worker-7')).toHaveCount(0);
  await expect(playground.notice).toContainText('afresh');
});

test('whoever leaves the manifest for a problem stays there', async ({ page, playground }) => {
  await playground.codeEditor();
  await playground.editor.click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('kindd: x\n');
  await expect(playground.messages).toContainText('kindd');
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('# a comment moves every line\n');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  expect(await focused(page)).toContain('kindd');
  // The list is checked again after a rest: the button says the new line, and keeps the focus.
  await expect(playground.messages).toContainText('line 2');
  expect(await focused(page)).toContain('line 2');
  await page.keyboard.press('Enter');
  await expect(playground.editor).toBeFocused();
});

test('a pool without nodes says so, and takes one', async ({ page, playground }) => {
  for (const name of ['gpu-1', 'gpu-2']) await playground.act(name, 'Delete');
  await playground.settle();
  const pool = page.getByRole('region', { name: 'Pool GPU' });
  await expect(pool).toContainText('No nodes');
  await pool.getByRole('button', { name: 'Add one' }).press('Enter');
  await expect(pool.locator('[data-node]')).toHaveCount(1);
  await expect(pool).not.toContainText('No nodes');
});

test.describe('on a narrow screen', () => {
  test.use({ viewport: { width: 1280, height: 720 } });
  test('the bar of a node still shows the way to more', async ({ page, playground }) => {
    await playground.select('worker-2');
    const more = playground.toolbar.getByRole('button', { name: 'More' });
    await expect(more.locator('svg')).toBeVisible();
    await more.click();
    await expect(page.getByRole('dialog', { name: 'More for worker-2' })).toBeVisible();
  });

  test('the drawer makes room for what gets the focus under it', async ({ page, playground }) => {
    const drawer = page.locator('#drawer-panel');
    await page.locator('body').press('t');
    await expect(playground.prompt).toBeFocused();
    await playground.node('worker-1').focus();
    await expect(drawer).toBeVisible();
    await playground.node('worker-6').focus();
    await expect(drawer).toBeHidden();
  });
});
