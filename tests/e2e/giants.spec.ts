// Texts that nobody writes by hand: the page stays usable, and says what it leaves out.

import { test, expect } from './fixtures.ts';

const SETS = 2_000;

function daemonSet(number: number): string {
  const app = `{app: a${number}}`;
  return `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: a${number}}
spec:
  selector: {matchLabels: ${app}}
  template:
    metadata: {labels: ${app}}
    spec: {containers: [{name: a, image: a}]}
`;
}

const TEXT = Array.from({ length: SETS }, (_, it) => daemonSet(it)).join('---\n');

test('thousands of DaemonSets are advised on, applied and shown', async ({ playground, page }) => {
  test.slow();
  await playground.codeEditor();
  await playground.paste(TEXT);
  const tips = page.locator('.tips');
  await expect(tips.locator('summary')).toContainText(/^\d{5} pieces of advice/, {
    timeout: 60_000,
  });
  await tips.locator('summary').click();
  await expect(tips.getByRole('listitem')).toHaveCount(101);
  await expect(tips.getByRole('listitem').last()).toHaveText(/^and \d{5} more$/);
  await tips.locator('summary').click();
  // The editor answers meanwhile.
  await playground.editor.press('Control+Home');
  await playground.editor.pressSequentially('# typed\n');
  await expect.poll(() => playground.manifest()).toContain('# typed');

  const applied = await page.evaluate((text) => window.playground.apply(text).ok, TEXT);
  expect(applied).toBe(true);
  await expect(page.getByText(`and ${SETS - 100} more`).first()).toBeVisible();
  await playground.advance(1);
  await expect(page.getByRole('combobox', { name: 'DaemonSet' })).toBeVisible();
  const tokens = await page.locator('[data-node="worker-1"] [data-pod]').count();
  expect(tokens).toBeLessThan(30);
});

test('a text that is too long is refused in words', async ({ playground, page }) => {
  await playground.codeEditor();
  const head = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c}\ndata:\n  a: ';
  await playground.paste(`${head}${'x'.repeat(5_000_000)}\n`);
  await expect(page.getByText(/at most 4000000 are read/).first()).toBeVisible();
});
