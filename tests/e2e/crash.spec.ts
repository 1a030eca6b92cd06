// The simulation stops by a fault of its own: the page says so and offers ways out. The site is the
// built one with a simulation in which a label with the key `trap` is such a fault.

import { test as base, expect } from '@playwright/test';
import { serve } from '../../xtask/node/site.js';
import { Playground } from './page.ts';

const test = base.extend<{ playground: Playground }>({
  playground: async ({ page }, use) => {
    const site = process.env.TRAP_SITE ?? '';
    expect(site, '`cargo xtask test e2e` builds the site').not.toBe('');
    const server = await serve(site, { path: '/some/where/' });
    const playground = new Playground(page, server.url);
    await playground.open();
    await playground.settle();
    await playground.act('worker-1', 'Cordon');
    await playground.write('# what I typed\n');
    await playground.act('worker-2', 'Label');
    await page.getByRole('textbox', { name: 'Label', exact: true }).fill('trap=1');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('alertdialog')).toBeVisible();
    await use(playground);
    await server.close();
  },
});

test('it says what happened, and goes on without the last action', async ({ playground, page }) => {
  const trouble = page.getByRole('alertdialog', { name: 'The simulation stopped' });
  await expect(trouble).toContainText('which is not your mistake');
  await expect(trouble).toContainText('kubectl label nodes worker-2 trap=1');
  await expect(trouble.getByRole('button', { name: 'Go on without it' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(trouble).toBeHidden();
  await page.evaluate(() => window.playground.ready);
  await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'true');
  expect(await playground.manifest()).toBe('# what I typed\n');
  await playground.act('worker-3', 'Cordon');
  await expect(playground.node('worker-3')).toHaveAttribute('data-cordoned', 'true');
});

test('the text and all that was done can be copied', async ({ page, context, playground }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const read = () => page.evaluate(() => navigator.clipboard.readText());
  await playground.button('Copy the text').click();
  await expect(page.getByText('It is on the clipboard.')).toBeVisible();
  expect(await read()).toBe('# what I typed\n');
  await playground.button('Copy all that was done').click();
  await expect.poll(read).toContain('kubectl cordon worker-1');
  expect(await read()).toContain('\\"trap\\"');
});

test('a reload without a choice comes to the same place', async ({ page, playground }) => {
  await page.reload();
  await expect(page.getByRole('alertdialog')).toContainText('trap=1');
  await playground.button('Go on without it').click();
  await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'true');
});

test('it starts afresh, and that can be undone', async ({ playground, page }) => {
  await playground.button('Start afresh').click();
  await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'false');
  expect(await playground.manifest()).toContain('node-logger');
  await expect(playground.button('Undo reset')).toBeVisible();
  await playground.act('worker-4', 'Cordon');
  await page.reload();
  await expect(playground.node('worker-4')).toHaveAttribute('data-cordoned', 'true');
});
