// Before the code editor is there, and when it does not come.

import { test as base, expect, type Page } from '@playwright/test';
import { serve } from '../../xtask/node/site.js';
import { DIST, test } from './fixtures.ts';
import { Playground } from './page.ts';

/** Keeps the code editor back until the answer is called. */
async function holdEditorBack(page: Page): Promise<() => void> {
  let release = () => {};
  const held = new Promise<void>((resolve) => (release = resolve));
  await page.route(/manifest-editor-.*\.js/, async (route) => {
    await held;
    await route.continue();
  });
  return () => release();
}

test('what is typed before the code editor arrives stays', async ({ page, server }) => {
  const release = await holdEditorBack(page);
  const playground = new Playground(page, server.url);
  await playground.open();
  const opening = await playground.manifest();
  await playground.editor.click();
  await page.keyboard.press('Control+End');
  await page.keyboard.type('# typed early, ');
  // Its height is what the plan below leaves over, and that has more to say once it has read on.
  const place = (it: Element) => {
    const { x, y, width } = it.getBoundingClientRect();
    return { x, y, width };
  };
  const before = await page.locator('manifest-editor').evaluate(place);
  release();
  await playground.codeEditor();
  await expect(playground.editor, 'the caret is where it was').toBeFocused();
  await page.keyboard.type('and late');
  expect(await playground.manifest()).toBe(`${opening}# typed early, and late`);
  expect(await page.locator('manifest-editor').evaluate(place)).toEqual(before);
  await page.keyboard.press('Control+z');
  await page.keyboard.press('Control+z');
  expect(await playground.manifest(), 'both are edits that can be undone').toBe(opening);
});

test('the text does not move when the code editor takes over', async ({ page, server }) => {
  const release = await holdEditorBack(page);
  const playground = new Playground(page, server.url);
  await playground.open();
  await page.evaluate(() => document.fonts.ready);
  const area = await playground.editor.evaluate((it) => {
    const style = getComputedStyle(it);
    const { x, y } = it.getBoundingClientRect();
    return {
      x: x + Number.parseFloat(style.paddingLeft),
      y: y + Number.parseFloat(style.paddingTop),
      row: Number.parseFloat(style.lineHeight),
      size: style.fontSize,
      family: style.fontFamily,
    };
  });
  release();
  await playground.codeEditor();
  const code = await playground.editor.evaluate((it) => {
    const lines = it.querySelectorAll('.cm-line');
    const style = getComputedStyle(lines[0]!);
    const range = document.createRange();
    range.selectNodeContents(lines[0]!);
    const first = lines[0]!.getBoundingClientRect();
    const tenth = lines[9]!.getBoundingClientRect();
    return {
      x: range.getBoundingClientRect().x,
      y: first.y,
      row: (tenth.y - first.y) / 9,
      size: style.fontSize,
      family: style.fontFamily,
    };
  });
  expect(code.x).toBeCloseTo(area.x, 0);
  expect(code.y).toBeCloseTo(area.y, 0);
  expect(code.row).toBeCloseTo(area.row, 2);
  expect([code.size, code.family]).toEqual([area.size, area.family]);
});

// The browser itself complains about the file that is missing, so not the usual fixtures.
base('without the code editor a text area does, and nobody is frightened', async ({ page }) => {
  const server = await serve(DIST);
  await page.route(/manifest-editor-.*\.js/, (route) => route.abort());
  const playground = new Playground(page, server.url);
  await playground.open();
  await playground.write((await playground.manifest()).replace('8.10.0', '8.11.0'));
  await playground.editor.press('Control+Enter');
  await playground.expectCommand('kubectl apply -f manifest.yaml');
  await playground.write((await playground.manifest()).replace(/^spec:$/m, 'spec:\n  oops: 3'));
  await expect(playground.messages.getByRole('listitem').first()).toContainText('unknown field');
  await page.getByRole('button', { name: 'New file' }).click();
  await page.keyboard.type('kind: Pod');
  await page.getByRole('tab', { name: /^manifest\.yaml/ }).click();
  await expect.poll(() => playground.manifest()).toContain('oops: 3');
  await page.getByRole('tab', { name: /^manifest-2\.yaml/ }).click();
  await expect.poll(() => playground.manifest()).toBe('kind: Pod');
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await server.close();
});
