// What the page explains: what a text would do, why a node has no pod, and what to do about it.

import AxeBuilder from '@axe-core/playwright';
import { test, expect } from './fixtures.ts';

const NODE_LOGGER = 'kube-system/node-logger';

test.beforeEach(async ({ playground }) => {
  await playground.settle();
});

test('the plan says before Apply what then happens', async ({ playground, page }) => {
  const plan = page.getByRole('region', { name: 'Plan' });
  const yaml = await playground.manifest();
  await playground.write(yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  const sentence = plan.getByText(
    /^6 pods restart in 6 waves\. About .*, never fewer than 5 of 6 ready\.$/,
  );
  await expect(sentence).toBeVisible();
  await expect(plan.getByText('wave 6')).toBeVisible();
  await expect(playground.node('worker-1').getByText('wave 1')).toBeVisible();
  await expect(playground.node('gpu-1').getByText(/wave|at once/)).toHaveCount(0);
  const told = await page.evaluate(
    (text) => {
      const playground = window.playground as unknown as { plan(yaml: string): PlanReply };
      return playground.plan(text);
    },
    await playground.manifest(),
  );
  const { seconds, waves, lowest } = told.daemonSets[0];
  expect(waves.length).toBe(6);
  await playground.apply();
  await playground.advance(seconds + 1);
  await playground.expectStatus({ 'up-to-date': 6, available: 6 });
  expect(lowest).toEqual({ ready: 5, of: 6 });
});

interface PlanReply {
  daemonSets: {
    seconds: number;
    waves: unknown[];
    lowest: { ready: number; of: number } | null;
  }[];
}

test('tokens show who gains and who loses a pod, and lines say why', async ({
  playground,
  page,
}) => {
  const plan = page.getByRole('region', { name: 'Plan' });
  const yaml = await playground.manifest();
  const spec = `      nodeSelector:
        disk: ssd
      tolerations:
      - operator: Exists
      containers:`;
  await playground.write(yaml.replace('      containers:', spec));
  await expect(plan.getByText(/cp-1 gains one, worker-5 and worker-6 lose one/)).toBeVisible();
  await expect(playground.pods(NODE_LOGGER, 'worker-5')).toHaveAttribute('data-state', 'loss');
  await expect(playground.node('cp-1').locator('[data-state="gain"]')).toBeVisible();
  const line = plan.getByRole('button', { name: /^line \d+$/ }).first();
  await line.click();
  await expect(playground.editor).toBeFocused();
  await plan.getByRole('button', { name: 'Play the plan' }).click();
  await expect(playground.node('worker-5').getByText('at once')).toHaveAttribute(
    'data-turn',
    'begun',
  );
  await plan.getByRole('button', { name: 'Stop' }).click();
  await plan.getByRole('button', { name: 'Discard' }).click();
  await expect(playground.pods(NODE_LOGGER, 'worker-5')).toHaveAttribute('data-state', 'ready');
});

test('a figure explains itself, and a toleration is inserted where it belongs', async ({
  playground,
  page,
}) => {
  await page.getByRole('button', { name: 'DESIRED: why?' }).click();
  const why = page.getByRole('region', { name: 'Why', exact: true });
  await expect(why).toContainText('6 of 9: cp-1 is not wanted because the taint');
  await why.getByRole('button', { name: 'gpu-1', exact: true }).click();
  const gate = (title: string) => why.locator('.gate', { hasText: title });
  await expect(gate('nodeSelector')).toHaveAttribute('data-verdict', 'pass');
  await expect(gate('Taints and tolerations')).toHaveAttribute('data-verdict', 'fail');
  await expect(gate('Resources'), 'it would fit').toHaveAttribute('data-verdict', 'unreached');
  await expect(gate('Containers'), 'of what never comes nothing is said').toHaveCount(0);

  // Another node is a choice away.
  const node = page.getByRole('combobox', { name: 'Node' });
  await expect(node).toHaveValue('gpu-1');
  await node.selectOption('worker-1');
  await expect(why).toContainText('worker-1 runs');
  await expect(gate('Readiness')).toHaveAttribute('data-verdict', 'pass');
  await node.selectOption('gpu-1');
  await expect(why).toContainText('gpu-1 has no pod');
  await why.getByRole('button', { name: 'Insert the toleration' }).click();
  expect(await playground.manifest()).toContain('key: dedicated');
  const plan = page.getByRole('region', { name: 'Plan' });
  await expect(plan.getByText(/gpu-1 gains one/)).toBeVisible();
});

test('a table has every node and every DaemonSet, and each cell leads to its checks', async ({
  playground,
  page,
}) => {
  const yaml = await playground.manifest();
  const second = yaml
    .replaceAll('node-logger', 'gpu-probe')
    .replace('      containers:', '      nodeSelector: {accelerator: nvidia}\n      containers:');
  await playground.write(`${yaml}\n---\n${second}`);
  await playground.apply();
  await playground.settle();
  await playground.showTab('Why');
  const table = page.getByRole('table', { name: 'DaemonSets and nodes' });
  await expect(table.getByRole('rowheader')).toHaveText(['gpu-probe', 'node-logger']);
  await expect(table.getByRole('columnheader')).toHaveCount(9);
  await expect(table.getByRole('button', { name: 'node-logger on worker-2: Ready' })).toBeVisible();
  await table.getByRole('button', { name: 'gpu-probe on worker-2: no pod' }).click();
  const why = page.getByRole('region', { name: 'Why', exact: true });
  await expect(why).toContainText('worker-2 has no pod: nodeSelector asks for accelerator=nvidia');
  const verdict = why.locator('.gate', { hasText: 'nodeSelector' });
  await expect(verdict).toHaveAttribute('data-verdict', 'fail');
  // Back to all of them, by the choice of a node.
  await page.getByRole('combobox', { name: 'Node' }).selectOption('all');
  await expect(table).toBeVisible();
});

test('what would let a pod in stands in the editor, and is typed by Tab only', async ({
  playground,
  page,
}) => {
  await playground.codeEditor();
  const yaml = await playground.manifest();
  const ghost = page.locator('manifest-editor .ghost');
  const said = page.locator('manifest-editor .cm-announced');
  // It is said once, and then taken away.
  await said.evaluate((it) => {
    const note = () => (it.dataset.said = it.textContent?.trim() || it.dataset.said);
    new MutationObserver(note).observe(it, { childList: true });
  });
  await playground.select('gpu-1');
  await playground.showTab('Why');
  await expect(ghost).toContainText('key: dedicated');
  expect(await playground.manifest(), 'it is not typed').toBe(yaml);
  await expect(said).toHaveAttribute('data-said', /^Proposed below line \d+: .*key: dedicated/);
  const above = Number(/\d+/.exec((await said.getAttribute('data-said')) ?? '')?.[0]);
  // The caret elsewhere: Tab indents there.
  await playground.editor.press('Control+Home');
  await page.keyboard.press('Tab');
  expect(await playground.manifest()).toBe(`  ${yaml}`);
  await page.keyboard.press('Control+z');
  await expect(ghost).toBeVisible();
  // On the line above it, it is taken, and one step takes it back.
  await page
    .locator('manifest-editor .cm-line')
    .nth(above - 1)
    .click();
  await page.keyboard.press('Tab');
  expect(await playground.manifest()).toContain('key: dedicated');
  await expect(ghost).toHaveCount(0);
  // Once is enough, also when the page has heard of it.
  const plan = page.getByRole('region', { name: 'Plan' });
  await expect(plan.getByText(/gpu-1 gains/)).toBeVisible();
  await expect(ghost).toHaveCount(0);
  await page.keyboard.press('Control+z');
  expect(await playground.manifest()).toBe(yaml);
  await expect(ghost).toBeVisible();
  // Escape puts it away, and then Tab leaves.
  await page.keyboard.press('Escape');
  await expect(ghost).toHaveCount(0);
  await page.keyboard.press('Tab');
  await expect(playground.editor).not.toBeFocused();
  expect(await playground.manifest()).toBe(yaml);
  // Another question, another proposal; the button beside it takes it, too.
  await playground.select('cp-1');
  await expect(ghost).toContainText('node-role.kubernetes.io/control-plane');
  await ghost.getByRole('button', { name: /^Insert \d lines$/ }).click();
  await expect(plan.getByText(/cp-1 gains/)).toBeVisible();
  await page.keyboard.press('Control+z');
  await expect(ghost).toBeVisible();
  // It belongs to the question.
  await playground.showTab('Events');
  await expect(ghost).toHaveCount(0);
  await playground.showTab('Why');
  await expect(ghost).toBeVisible();
  await playground.write('kind: DaemonSet\n');
  await expect(ghost).toHaveCount(0);
});

test('all that keeps a pod away is named, and one insertion answers it', async ({
  playground,
  page,
}) => {
  await playground.select('gpu-2');
  await playground.showTab('Why');
  const why = page.getByRole('region', { name: 'Why', exact: true });
  const taints = ['dedicated=gpu:NoSchedule', 'nvidia.com/gpu=present:NoSchedule'];
  await expect(why).toContainText(
    `gpu-2 has no pod: the taints ${taints.join(' and ')} are not tolerated.`,
  );
  const gate = why.locator('.gate', { hasText: 'Taints and tolerations' });
  for (const taint of taints) await expect(gate).toContainText(taint);
  await expect(gate.getByRole('button', { name: /^Insert/ })).toHaveCount(1);
  await expect(gate).toContainText('kubectl taint node gpu-2 dedicated- nvidia.com/gpu-');
  // The card says what would come of it before anything is typed.
  const plan = page.getByRole('region', { name: 'Plan', exact: true });
  await expect(plan).toContainText('If you insert these 7 lines');
  await expect(plan).toContainText(/6 pods restart in 6 waves, gpu-1 and gpu-2 gain one\./);
  const yaml = await playground.manifest();
  expect(yaml).not.toContain('tolerations:');
  await plan.getByRole('button', { name: 'Insert and plan' }).click();
  expect(await playground.manifest()).toContain('key: nvidia.com/gpu');
  await expect(plan.getByRole('button', { name: 'Apply' })).toBeVisible();
  await expect(plan).toContainText('gpu-1 and gpu-2 gain one');
  await plan.getByRole('button', { name: 'Discard' }).click();
  expect(await playground.manifest()).toBe(yaml);
  // The other way: both taints go, and the pod comes.
  await plan.getByRole('button', { name: 'Remove the taints instead' }).click();
  await playground.settle();
  await expect(why).toContainText('gpu-2 runs');
  await expect(playground.pods(NODE_LOGGER, 'gpu-2')).toHaveCount(1);
});

test('where the editor is out of sight the panel shows the lines itself', async ({
  playground,
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await playground.select('gpu-2');
  await page.getByRole('button', { name: 'Why not?' }).last().click();
  const why = page.getByRole('region', { name: 'Why', exact: true });
  const proposal = why.locator('.proposal');
  await expect(proposal).toContainText('If you insert these 7 lines');
  // What stands in a gate has the width of the sheet.
  const gate = await why.locator('.gate__title', { hasText: 'Taints' }).boundingBox();
  expect(gate?.x).toBeLessThan(60);
  expect(await why.evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
  await expect(proposal).toContainText('key: nvidia.com/gpu');
  await expect(proposal).toContainText('gpu-1 and gpu-2 gain one');
  await page.setViewportSize({ width: 1440, height: 900 });
  await expect(proposal, 'there the editor shows them').toBeHidden();
  await expect(page.locator('manifest-editor .ghost')).toBeInViewport({ ratio: 1 });
});

test('advice is heeded by a press, and the text keeps its comments', async ({
  playground,
  page,
}) => {
  const yaml = await playground.manifest();
  await playground.write(`# mine\n${yaml}`);
  await page.getByText(/pieces of advice/).click();
  const advice = page.getByRole('list', { name: 'Advice' });
  const tip = advice.locator('[data-rule="control-plane"]');
  await expect(tip).toBeVisible();
  await tip.getByRole('button', { name: 'Do it' }).click();
  await expect(tip).toHaveCount(0);
  const text = await playground.manifest();
  expect(text).toContain('# mine');
  expect(text).toContain('node-role.kubernetes.io/control-plane');
});

test('a check shows its line and its taint, a line the nodes it lets in and keeps out', async ({
  playground,
  page,
}) => {
  const yaml = await playground.manifest();
  const spec = `      nodeSelector:
        disk: ssd
      tolerations:
      - key: dedicated
        operator: Exists
      containers:`;
  await playground.edit((it) => it.replace('      containers:', spec));
  await playground.settle();
  const line = page.locator('manifest-editor .cm-line.pointed');
  const lets = (node: string) => playground.node(node).getAttribute('data-lets');

  // From a check to the line and to the node, by the mouse and by the keyboard.
  await playground.select('gpu-2');
  await playground.toolbar.getByRole('button', { name: 'Why not?' }).click();
  const why = page.getByRole('region', { name: 'Why', exact: true });
  const check = why.locator('.check').filter({ hasText: 'disk' }).first();
  await check.hover();
  await expect(line).toHaveText('        disk: ssd');
  await page.mouse.move(0, 0);
  await expect(line).toHaveCount(0);
  await check.getByRole('button', { name: /^line \d+$/ }).focus();
  await expect(line).toHaveText('        disk: ssd');
  await why.locator('.check').filter({ hasText: 'nvidia.com/gpu' }).first().hover();
  const taint = playground.node('gpu-2').locator('[data-marked]');
  await expect(taint).toContainText('nvidia.com/gpu');

  // From a line to the nodes, by the mouse and by the caret.
  await playground.editor.getByText('disk', { exact: true }).hover();
  await expect.poll(() => lets('worker-1')).toBe('in');
  expect(await lets('worker-5')).toBe('out');
  await playground.editor.getByText('dedicated', { exact: true }).hover();
  await expect.poll(() => lets('gpu-1')).toBe('in');
  expect(await lets('worker-1'), 'a toleration keeps nobody out').toBeNull();
  await page.mouse.move(0, 0);
  await expect.poll(() => lets('gpu-1')).toBeNull();
  await playground.editor.getByText('disk', { exact: true }).click();
  await page.mouse.move(0, 0);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await expect.poll(() => lets('worker-5'), 'the caret is on the line').toBe('out');
  expect(await playground.manifest()).not.toBe(yaml);
});

test('advice is heeded in the text itself', async ({ playground, page }) => {
  await playground.codeEditor();
  await playground.write(`# mine\n${await playground.manifest()}`);
  const dotted = playground.editor.locator('.cm-lintRange-hint', { hasText: 'spec' });
  await dotted.hover();
  const tip = page.locator('manifest-editor .cm-diagnostic').filter({ hasText: 'control plane' });
  await expect(tip).toBeVisible();
  await tip.getByRole('button', { name: 'Do it' }).click();
  const text = await playground.manifest();
  expect(text).toContain('# mine');
  expect(text).toContain('key: node-role.kubernetes.io/control-plane');
});

test('plan, advice and panel have no accessibility fault', async ({ playground, page }) => {
  const yaml = await playground.manifest();
  await playground.write(yaml.replace('filebeat:8.10.0', 'filebeat:latest'));
  await playground.select('gpu-1');
  await playground.toolbar.getByRole('button', { name: 'Why not?' }).click();
  await page.getByText(/pieces of advice/).click();
  await expect(page.getByRole('region', { name: 'Plan' }).getByText(/6 waves/)).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(
    violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.html).join(' ')}`),
  ).toEqual([]);
});

test('what Apply would change is shown line against line, by a button and by a key', async ({
  playground,
  page,
}) => {
  await playground.codeEditor();
  const yaml = await playground.manifest();
  await playground.write(yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  // Somebody else has changed the live object meanwhile.
  await page.evaluate(() => {
    const line = 'kubectl -n kube-system set image ds/node-logger filebeat=other:1';
    window.playground.kubectl(line);
    window.playground.settle(600);
  });
  const dialog = page.getByRole('dialog', { name: 'What Apply would change' });
  await page.getByRole('button', { name: 'Diff', exact: true }).click();
  await expect(dialog.locator('.cm-deletedChunk')).toContainText('image: other:1');
  await expect(dialog.locator('.cm-changedLine').first()).toContainText('filebeat:8.11.0');
  await expect(dialog.getByText('kubectl diff -f manifest.yaml')).toBeVisible();
  const { violations } = await new AxeBuilder({ page }).include('dialog.diff').analyze();
  expect(violations.map((it) => it.id)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await page.getByRole('button', { name: 'Discard' }).click();
  await page.evaluate(() => {
    const line = 'kubectl -n kube-system rollout undo ds/node-logger';
    window.playground.kubectl(line);
    window.playground.settle(600);
  });
  await playground.walkTo('worker-1');
  await page.keyboard.press('v');
  await expect(dialog).toContainText('Nothing: the live objects are as the manifest has them.');
});
