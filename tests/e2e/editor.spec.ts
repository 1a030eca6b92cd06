// The code editor: what a person types, sees and is told, by mouse and by keyboard alone.

import { test, expect } from './fixtures.ts';

const NODE_LOGGER = 'kube-system/node-logger';

/** A long manifest: a ConfigMap with many lines, about so many characters. */
function long(characters: number): string {
  const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: long\ndata:\n  text: |\n';
  const line = '    The quick brown fox jumps over the lazy dog, again and again and again.\n';
  return head + line.repeat(Math.ceil((characters - head.length) / line.length));
}

test.beforeEach(async ({ playground }) => {
  await playground.codeEditor();
});

test('what is typed reaches the cluster by a key', async ({ playground, page }) => {
  await playground.settle();
  await playground.editor.press('Control+f');
  await page.getByRole('textbox', { name: 'Find' }).fill('filebeat:8.10.0');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Backspace');
  await page.keyboard.type('9');
  await page.keyboard.press('Control+Enter');
  await playground.expectCommand('kubectl apply -f manifest.yaml');
  expect(await playground.manifest()).toContain('filebeat:8.10.9');
  await playground.settle();
  await expect(playground.pods(NODE_LOGGER).first()).toHaveAttribute('data-revision', '2');
});

test('keys, values, numbers and comments are told apart', async ({ playground }) => {
  await playground.write('# why\nkind: DaemonSet\nspec:\n  minReadySeconds: 10\n');
  const colour = (text: string) =>
    playground.editor
      .getByText(text, { exact: true })
      .evaluate((it) => getComputedStyle(it).color);
  const seen = await Promise.all(['# why', 'kind', 'DaemonSet', '10'].map(colour));
  expect(new Set(seen).size, seen.join(' ')).toBe(4);
});

test('a word that is wrong is replaced by a press, and marked as nothing but wrong', async ({
  playground,
  page,
}) => {
  await playground.codeEditor();
  const yaml = await playground.manifest();
  await playground.write(yaml.replace('nodeSelector', '').replace('  template:', '  templat:'));
  const line = page.locator('manifest-editor .cm-line', { hasText: 'templat:' });
  const bar = (it: Element) => getComputedStyle(it).backgroundColor;
  const wrong = page.locator('manifest-editor .cm-line:has(.cm-lintRange-error)').first();
  await expect(wrong).toBeVisible();
  await expect(line).toHaveClass(/changed/);
  const fill = await page.evaluate(() => {
    const probe = document.createElement('i');
    probe.style.setProperty('background', 'var(--bad-fill)');
    document.body.append(probe);
    const color = getComputedStyle(probe).backgroundColor;
    probe.remove();
    return color;
  });
  expect(await line.evaluate(bar), 'what is wrong is told before what is new').toBe(fill);
  const mend = page.getByRole('button', { name: 'Replace with template', exact: true });
  await mend.click();
  expect(await playground.manifest()).toBe(yaml);
  await expect(mend).toHaveCount(0);
});

test('lines have numbers, and keys indent', async ({ playground, page }) => {
  await playground.write('');
  await playground.editor.click();
  await page.keyboard.type('spec:\ntemplate:\nspec:\ncontainers:\n- name: a\nimage: b');
  const typed = [
    'spec:',
    '  template:',
    '    spec:',
    '      containers:',
    '        - name: a',
    '          image: b',
  ];
  expect(await playground.manifest()).toBe(typed.join('\n'));
  await expect(page.locator('manifest-editor .cm-lineNumbers')).toContainText('6');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.type('x');
  expect((await playground.manifest()).split('\n').slice(5)).toEqual([
    '        image: b',
    '          x',
  ]);
});

test('Tab stays in the editor, Escape and Tab leave it', async ({ playground, page }) => {
  await playground.editor.focus();
  await page.keyboard.press('Tab');
  await expect(playground.editor, 'Tab indents').toBeFocused();
  expect(await playground.manifest()).toMatch(/^ {2}apiVersion/);
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(playground.editor).not.toBeFocused();
  await playground.editor.focus();
  await page.keyboard.press('Escape');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Tab');
  await expect(playground.editor, 'another key takes Escape back').toBeFocused();
});

test('edits can be undone and done again', async ({ playground, page }) => {
  const before = await playground.manifest();
  await playground.editor.press('Control+End');
  await page.keyboard.type('# one');
  await page.keyboard.press('Control+z');
  expect(await playground.manifest()).toBe(before);
  await page.keyboard.press('Control+y');
  expect(await playground.manifest()).toBe(`${before}# one`);
});

test('bringing the opening manifest back can be undone', async ({ playground, page }) => {
  const opening = await playground.manifest();
  await playground.write('kind: Pod\n');
  await playground.button('Bring back the opening manifest').click();
  await expect.poll(() => playground.manifest()).toBe(opening);
  await expect(playground.editor).toBeFocused();
  await page.keyboard.press('Control+z');
  await expect.poll(() => playground.manifest()).toBe('kind: Pod\n');
});

test('a block is folded by keys and unfolded by the mouse', async ({ playground, page }) => {
  await playground.write('spec:\n  template:\n    a: 1\n    b: 2\nkind: x\n');
  await playground.editor.press('Control+Home');
  await page.keyboard.press('Control+Shift+{');
  const folded = playground.editor.getByRole('button', { name: 'Unfold 3 lines' });
  await expect(folded).toBeVisible();
  await expect(playground.editor).not.toContainText('template');
  expect(await playground.manifest(), 'the text is all there').toContain('b: 2');
  await folded.click();
  await expect(playground.editor).toContainText('template');
  const folds = page.locator('manifest-editor .cm-foldGutter').getByTitle('Fold', { exact: true });
  await folds.filter({ visible: true }).first().click();
  await expect(playground.editor).not.toContainText('template');
});

test('search finds, says so and replaces, by keys alone', async ({ playground, page }) => {
  await playground.write('a: cat\nb: dog\nc: cat\n');
  await playground.editor.press('Control+f');
  const field = page.getByRole('textbox', { name: 'Find' });
  await expect(field).toBeFocused();
  await page.keyboard.type('cat');
  await expect(page.locator('manifest-editor .cm-searchMatch')).toHaveCount(2);
  await page.getByRole('textbox', { name: 'Replace' }).fill('bird');
  await page.getByRole('button', { name: 'Replace all' }).press('Enter');
  expect(await playground.manifest()).toBe('a: bird\nb: dog\nc: bird\n');
  await field.press('Escape');
  await expect(field).toBeHidden();
  await expect(playground.editor).toBeFocused();
});

test('what is wrong is marked at its line, and a key goes there', async ({ playground, page }) => {
  const wrong = (await playground.manifest())
    .replace(/^spec:$/m, 'spec:\n  replicas: 3')
    .replace(/^( *)(- )?image: .*$/m, '$1$2image: ""');
  const lines = wrong.split('\n');
  const [first, second] = ['replicas: 3', 'image: ""'].map(
    (text) => lines.findIndex((line) => line.includes(text)) + 1,
  );
  await playground.write(wrong);
  await playground.expectMessage(/unknown field "?spec\.replicas/, first!);
  const marks = page.locator('manifest-editor .cm-lint-marker-error');
  await expect(marks).toHaveCount(1);
  const row = (await marks.first().boundingBox())!;
  const text = (await playground.editor.getByText('replicas', { exact: true }).boundingBox())!;
  expect(Math.abs(row.y + row.height / 2 - text.y - text.height / 2)).toBeLessThan(3);
  await expect(playground.editor.locator('.cm-lintRange-error')).toHaveText('replicas');

  await playground.editor.press('Control+End');
  await page.keyboard.press('F8');
  await page.keyboard.press('Shift+End');
  await page.keyboard.press('Delete');
  expect((await playground.manifest()).split('\n')[first! - 1]).toBe('  ');
  await playground.expectMessage(/image/, second!);
  await page.getByRole('button', { name: new RegExp(`^line ${second}\\b`) }).click();
  await expect(playground.editor).toBeFocused();
  await page.keyboard.type('a:1 #');
  await expect(playground.messages.getByRole('listitem')).toHaveCount(0);
});

test('files are opened, named, closed and brought back by keys', async ({ playground, page }) => {
  const opening = await playground.manifest();
  const tabs = page.getByRole('tablist', { name: 'Files' }).getByRole('tab');
  await expect(tabs).toHaveText(['manifest.yaml']);
  await page.getByRole('button', { name: 'New file' }).press('Enter');
  await expect(tabs).toHaveCount(2);
  await expect(playground.editor).toBeFocused();
  await page.keyboard.type('kind: Pod');
  expect(await playground.manifest()).toBe('kind: Pod');

  await tabs.nth(1).focus();
  await page.keyboard.press('F2');
  const field = page.getByRole('textbox', { name: 'File name' });
  await expect(field).toBeFocused();
  await page.keyboard.type('my web');
  await page.keyboard.press('Enter');
  await expect(tabs).toHaveText([/^manifest\.yaml/, /^my-web\.yaml/]);
  await expect(tabs.nth(1)).toBeFocused();

  await page.keyboard.press('ArrowLeft');
  await expect(tabs.nth(0)).toHaveAttribute('aria-selected', 'true');
  await expect.poll(() => playground.manifest()).toBe(opening);
  await page.keyboard.press('End');
  await expect.poll(() => playground.manifest()).toBe('kind: Pod');

  await page.keyboard.press('Delete');
  await expect(tabs).toHaveText(['manifest.yaml']);
  await expect(tabs.first()).toBeFocused();
  await page.getByRole('button', { name: 'Undo', exact: true }).press('Enter');
  await expect(tabs).toHaveText([/^manifest\.yaml/, /^my-web\.yaml/]);
  await expect.poll(() => playground.manifest()).toBe('kind: Pod');
});

test('each file keeps its undo, and its name is in the command', async ({ playground, page }) => {
  const opening = await playground.manifest();
  await playground.editor.press('Control+End');
  await page.keyboard.type('# mine');
  await page.getByRole('button', { name: 'New file' }).click();
  await page.keyboard.type('apiVersion: v1\nkind: Namespace\nmetadata:\nname: web');
  await playground.apply();
  await playground.expectCommand('kubectl apply -f manifest-2.yaml');
  await page.getByRole('tab', { name: /^manifest\.yaml/ }).click();
  await expect.poll(() => playground.manifest()).toBe(`${opening}# mine`);
  await playground.editor.press('Control+z');
  expect(await playground.manifest(), 'its own undo').toBe(opening);
  // As a hand presses: what happens to the text meanwhile must not move the cross away.
  await page.getByRole('tab', { name: /^manifest-2/ }).locator('.file__close').click({ delay: 80 });
  await expect(page.getByRole('tablist', { name: 'Files' }).getByRole('tab')).toHaveCount(1);
});

test('a long paste keeps the page alive', async ({ playground, page }) => {
  const text = long(700_000);
  await playground.paste(text);
  expect(await playground.manifest()).toHaveLength(text.length);
  await page.keyboard.press('Control+Home');
  await page.keyboard.type('# still here\n');
  await expect.poll(() => playground.manifest()).toMatch(/^# still here\n/);
  await playground.apply();
  await playground.expectCommand('kubectl apply -f manifest.yaml');
});

test('letters go into the text, not to the page', async ({ playground, page }) => {
  const nodes = await playground.nodeNames();
  await playground.write('');
  await playground.editor.focus();
  await page.keyboard.type('n 1.?e');
  expect(await playground.manifest()).toBe('n 1.?e');
  expect(await playground.nodeNames()).toEqual(nodes);
});
