// A cluster that is too large for cards: the map, its table and its search, by mouse and by keys.

import { test, expect } from './fixtures.ts';
import type { Playground } from './page.ts';

function cells(playground: Playground) {
  return playground.page.getByRole('listbox', { name: /^Cluster map/ });
}

function detail(playground: Playground, name: string) {
  return playground.page.getByRole('radio', { name, exact: true });
}

test('cards give way to the map, and come back as long as they fit', async ({
  playground, page,
}) => {
  await expect(page.getByRole('radiogroup', { name: 'Level of detail' })).toBeHidden();
  await playground.addNodes(100);
  await expect(cells(playground)).toHaveAccessibleName('Cluster map, 109 nodes');
  await expect(page.locator('.node')).toHaveCount(0);
  await detail(playground, 'Cards').check({ force: true });
  await expect(page.locator('.node[data-node]')).toHaveCount(109);
  await detail(playground, 'Map').check({ force: true });
  await expect(cells(playground)).toBeVisible();
  await playground.addNodes(100);
  await expect(detail(playground, 'Cards')).toHaveCount(0);
});

test('a cell is found by pointer and by keys, and acted on', async ({ playground, page }) => {
  await playground.addNodes(300);
  const map = cells(playground);
  await map.focus();
  const option = map.getByRole('option');
  await expect(option).toContainText('worker-1, Ready');
  await page.keyboard.press('ArrowRight');
  await expect(option).toHaveAttribute('aria-posinset', '2');
  await page.keyboard.press('Enter');
  await expect(option).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('toolbar', { name: 'Node actions' })).toBeVisible();
  await page.keyboard.press('o');
  const cordoned = async () =>
    (await playground.snapshot()).nodes.filter((node) => node.spec.unschedulable === true);
  await expect.poll(async () => (await cordoned()).length).toBe(1);
  await playground.advance(2);
  const exceptions = page.getByRole('complementary', { name: 'Rollout and exceptions' });
  await expect(exceptions.getByRole('button', { name: /Cordoned/ })).toContainText('1');
  await map.click({ position: { x: 24, y: 60 } });
  await expect(page.locator('.actions__who')).toHaveText('worker-1');
  await page.keyboard.press('Escape');
  await expect(page.locator('.actions__who')).toHaveCount(0);
});

test('what a cell is at another instant, its bar and the search say, too', async ({
  playground, page,
}) => {
  await playground.addNodes(100);
  await playground.advance(30);
  await page.evaluate(() => { window.playground.pause(); });
  await cells(playground).focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await page.getByRole('searchbox', { name: 'Filter nodes' }).fill('cordoned');
  const found = page.locator('.filter');
  await expect(found).toContainText('0 of 109');
  await cells(playground).focus();
  await page.keyboard.press('o');
  const uncordon = playground.toolbar.getByRole('button', { name: 'Uncordon' });
  await expect(uncordon).toBeVisible();
  await expect(found).toContainText('1 of 109');
  await page.evaluate(() => { window.playground.seek(20); });
  await expect(found).toContainText('0 of 109');
  await expect(uncordon).toBeHidden();
});

test('the nodes of an exception stand out by a click', async ({ playground, page }) => {
  await playground.addNodes(300);
  await page.getByRole('button', { name: /No pod, taint not tolerated/ }).click();
  await expect(page.getByRole('searchbox', { name: 'Filter nodes' })).toHaveValue('no-pod');
  await expect(page.getByText('3 of 309', { exact: true })).toBeVisible();
});

test('the table holds every node, and makes only the rows that are looked at', async ({
  playground, page,
}) => {
  await playground.addNodes(991);
  await detail(playground, 'Table').check({ force: true });
  const table = page.getByRole('table', { name: 'Nodes' });
  await expect(table).toHaveAttribute('aria-rowcount', '1001');
  await expect(page.locator('[data-node="worker-1"]')).toHaveAttribute('data-ready', 'true');
  expect(await table.getByRole('row').count()).toBeLessThan(60);
  await page.locator('.table__scroll').evaluate((it) => it.scrollTo(0, it.scrollHeight));
  await expect(page.locator('[data-node="gpu-2"]')).toBeVisible();
  await page.locator('[data-node="gpu-2"]').click();
  await expect(page.locator('.actions__who')).toHaveText('gpu-2');
});

test('the table is sorted by its heads, by mouse and by keys', async ({ playground, page }) => {
  await playground.addNodes(100);
  await detail(playground, 'Table').check({ force: true });
  const names = async () => {
    const cells = page.locator('.table__body [role="row"] [role="cell"]:first-child');
    return (await cells.allTextContents()).slice(0, 3);
  };
  const head = page.getByRole('columnheader', { name: 'Node' });
  const press = head.getByRole('button');
  await expect(head).toHaveAttribute('aria-sort', 'none');
  const before = await names();
  await press.click();
  await expect(head).toHaveAttribute('aria-sort', 'ascending');
  expect(await names()).toEqual(['cp-1', 'gpu-1', 'gpu-2']);
  await press.focus();
  await page.keyboard.press('Enter');
  await expect(head).toHaveAttribute('aria-sort', 'descending');
  expect(await names(), 'numbers count').toEqual(['worker-106', 'worker-105', 'worker-104']);
  await page.keyboard.press('Space');
  await expect(head).toHaveAttribute('aria-sort', 'none');
  expect(await names()).toEqual(before);

  // What a search finds stands first, in the order of the column.
  await press.click();
  await page.getByRole('searchbox', { name: 'Filter nodes' }).fill('worker-9');
  await expect.poll(names).toEqual(['worker-9', 'worker-90', 'worker-91']);
});

test('brackets stand beside the rows of the running wave', async ({ playground, page }) => {
  await playground.addNodes(100);
  const fronts = page.locator('.map__front');
  await expect(fronts).toHaveCount(0);
  await playground.page.evaluate((yaml) => {
    window.playground.apply(yaml);
    window.playground.advance(8);
  }, (await playground.manifest()).replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  await expect(fronts).toHaveCount(1);
  await playground.advance(600);
  await playground.settle();
  await expect(fronts).toHaveCount(0);
});

test('cells stand by zone, by pool and by state, and zoom', async ({ playground, page }) => {
  await playground.addNodes(300);
  const titles = page.locator('.map__title b');
  await expect(titles.first()).toHaveText('eu-1a');
  await detail(playground, 'Pool').check({ force: true });
  await expect(titles.first()).toHaveText('Workers');
  await detail(playground, 'State').check({ force: true });
  await expect(titles).toHaveText(['Updated', 'No pod wanted']);
  const height = () => page.locator('.map__space').evaluate((it) => it.scrollHeight);
  const before = await height();
  for (let count = 0; count < 6; count += 1) {
    await page.getByRole('button', { name: 'Zoom in' }).click();
  }
  expect(await height()).toBeGreaterThan(before);
});
