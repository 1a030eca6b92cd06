// What was done and typed is there after a reload, in each tab its own, and a reset can be undone.

import type { Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';
import { identity } from './kubernetes.ts';
import { Playground } from './page.ts';

test('a reload keeps the cluster, its time and the text', async ({ playground, page }) => {
  await playground.settle();
  await playground.addNode('Workers');
  await playground.edit((yaml) => yaml.replace('8.10.0', '8.11.0'));
  await playground.advance(45);
  await playground.act('worker-2', 'Cordon');
  await playground.advance(3.5);
  const typed = `${await playground.manifest()}# not applied\n`;
  await playground.write(typed);
  const before = await playground.snapshot();

  await reloaded(page, playground);
  await expect(playground.button('Play'), 'time stands still as before').toBeVisible();
  expect(await playground.snapshot()).toEqual(before);
  expect(await playground.manifest()).toBe(typed);
  await playground.expectCommand('kubectl cordon worker-2');
  await expect(page.getByRole('img', { name: 'not applied yet' })).toBeVisible();

  // And it goes on from there, and is kept again.
  await playground.act('worker-3', 'Delete');
  await reloaded(page, playground);
  await expect(playground.node('worker-3')).toHaveCount(0);
});

test('the terminal is there again: its log, its history, and what its shell knows', async ({
  playground,
  page,
}) => {
  await playground.settle();
  for (const line of [
    'export NS=kube-system; alias kgd="kubectl get ds -o name"',
    'kubectl config set-context --current --namespace=$NS',
    'kubectl get nope',
    'kubectl rollout restart ds/node-logger && kubectl rollout status ds/node-logger',
  ]) {
    await playground.type(line);
  }
  await playground.act('worker-2', 'Cordon');
  await reloaded(page, playground);
  await expect(playground.output).toContainText('the server doesn\'t have a resource type "nope"');
  await expect(playground.output).toContainText('rollout status ends: the page was opened again');
  await playground.expectCommand('kubectl cordon worker-2');
  await playground.prompt.press('ArrowUp');
  await expect(playground.prompt).toHaveValue(/^kubectl rollout restart/);
  await playground.prompt.fill('');
  await playground.type('kgd; echo "it is $NS"');
  await expect(playground.output).toContainText('daemonset.apps/node-logger');
  await expect(playground.output).toContainText('it is kube-system');

  // What was cleared stays so.
  await playground.type('clear');
  await reloaded(page, playground);
  await expect(playground.output).not.toContainText('nope');
});

test('a letter is kept as soon as it is typed', async ({ playground, page }) => {
  await playground.codeEditor();
  await playground.editor.focus();
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('#x');
  expect(await playground.manifest()).toMatch(/^#x/);
  await reloaded(page, playground);
  expect(await playground.manifest()).toMatch(/^#x/);
});

test('a reset is undone by the button of its notice', async ({ playground }) => {
  await playground.settle();
  await playground.act('worker-1', 'Delete');
  await playground.advance(5);
  const before = await playground.snapshot();
  await playground.button('Reset').click();
  await expect(playground.node('worker-1')).toBeVisible();
  await playground.notice.getByRole('button', { name: 'Undo reset' }).click();
  await expect(playground.node('worker-1')).toHaveCount(0);
  expect(identity(await playground.snapshot())).toEqual(identity(before));
  await expect(playground.notice).toBeEmpty();
});

test('a reset is undone by keyboard, even after a reload', async ({ playground, page }) => {
  await playground.settle();
  await playground.act('worker-1', 'Cordon');
  await playground.button('Reset').focus();
  await page.keyboard.press('Enter');
  await playground.notice.getByRole('button', { name: 'Dismiss' }).click();
  await playground.addNode('GPU');
  await reloaded(page, playground);
  await expect(playground.node('gpu-3')).toBeVisible();
  await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'false');
  await playground.button('Undo reset').focus();
  await page.keyboard.press('Enter');
  await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'true');
  await expect(playground.node('gpu-3')).toHaveCount(0);
  await reloaded(page, playground);
  await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'true');
  await expect(playground.button('Undo reset')).toHaveCount(0);
});

test('two tabs keep their own work', async ({ playground, page, context, server }) => {
  await playground.act('worker-1', 'Cordon');
  const other = new Playground(await context.newPage(), server.url);
  await other.open();
  await expect(other.node('worker-1'), 'a new tab').toHaveAttribute('data-cordoned', 'false');
  await other.act('worker-2', 'Cordon');
  await reloaded(page, playground);
  await reloaded(other.page, other);
  await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'true');
  await expect(playground.node('worker-2')).toHaveAttribute('data-cordoned', 'false');
  await expect(other.node('worker-1')).toHaveAttribute('data-cordoned', 'false');
  await expect(other.node('worker-2')).toHaveAttribute('data-cordoned', 'true');

  // A tab that is closed leaves its work to the next one that is opened.
  await other.page.close();
  const next = new Playground(await context.newPage(), server.url);
  await next.open();
  await expect(next.node('worker-2')).toHaveAttribute('data-cordoned', 'true');
});

test('what is damaged is said, kept, and not opened', async ({ playground, page }) => {
  await playground.act('worker-1', 'Cordon');
  await page.evaluate(async () => {
    const open = indexedDB.open('daemonset-playground');
    await new Promise((resolve) => (open.onsuccess = resolve));
    const entries = open.result.transaction('entries', 'readwrite').objectStore('entries');
    const cursor = entries.openCursor(null, 'prev');
    await new Promise<void>((resolve) => {
      cursor.onsuccess = () => {
        const row = cursor.result!;
        row.update({ ...row.value, text: '{"at":1,"input":' });
        entries.transaction.oncomplete = () => resolve();
      };
    });
  });
  await reloaded(page, playground);
  await expect(playground.notice).toContainText('What was saved could not be opened');
  await expect(playground.notice.getByRole('button', { name: 'Copy it' })).toBeVisible();
  await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'false');
  await playground.act('worker-2', 'Cordon');
  await reloaded(page, playground);
  await expect(playground.node('worker-2')).toHaveAttribute('data-cordoned', 'true');
});

test('where nothing may be stored the page works and says so', async ({ page, server }) => {
  await page.addInitScript(() => {
    const refuse = () => {
      throw new DOMException('The user denied permission to access the database.');
    };
    Object.defineProperty(window, 'indexedDB', { get: refuse });
  });
  const playground = new Playground(page, server.url);
  await playground.open();
  await expect(page.getByText('not saved', { exact: true })).toBeVisible();
  await playground.act('worker-1', 'Cordon');
  await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'true');
  await playground.button('Reset').click();
  await playground.notice.getByRole('button', { name: 'Undo reset' }).click();
  await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'true');
});

async function reloaded(page: Page, playground: Playground): Promise<void> {
  await page.reload();
  await page.evaluate(() => window.playground.ready);
  await expect(playground.button(/^(Play|Pause)$/)).toBeVisible();
}
