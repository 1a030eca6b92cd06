// Nodes: they come and go, are tainted, labelled and cordoned, and pods follow.

import { test, expect } from './fixtures.ts';
import { WORKERS, nodesWithPod, podsOf } from './kubernetes.ts';

const NODE_LOGGER = 'kube-system/node-logger';
const without = (name: string) => WORKERS.filter((it) => it !== name);

test.beforeEach(async ({ playground }) => {
  await playground.settle();
});

test('a node that joins gets its pod', async ({ playground }) => {
  await playground.addNode('Workers');
  await expect(playground.node('worker-7')).toBeVisible();
  await playground.settle();
  const pod = playground.pods(NODE_LOGGER, 'worker-7');
  await expect(pod).toHaveAttribute('data-state', 'ready');
  await playground.expectStatus({ desired: 7, current: 7, ready: 7, available: 7 });
});

test('a node that is deleted goes, and pod GC takes its pod', async ({ playground }) => {
  await playground.act('worker-6', 'Delete');
  await playground.expectCommand('kubectl delete node worker-6');
  await expect(playground.node('worker-6')).toHaveCount(0);
  await playground.advance(120);
  await expect(playground.pods(NODE_LOGGER, 'worker-6')).toHaveCount(0);
  await playground.expectStatus({ desired: 5, current: 5, ready: 5, available: 5 });
  const left = podsOf(await playground.snapshot(), 'node-logger').map((it) => it.spec.nodeName);
  expect(left.sort()).toEqual(without('worker-6'));
});

test('a NoExecute taint evicts the pod until it is removed', async ({ playground }) => {
  await playground.add('worker-1', 'Taint', 'maintenance=true:NoExecute');
  await playground.expectCommand('kubectl taint nodes worker-1 maintenance=true:NoExecute');
  await playground.settle();
  await expect(playground.pods(NODE_LOGGER, 'worker-1')).toHaveCount(0);
  await playground.expectStatus({ desired: 5, current: 5, ready: 5, misscheduled: 0 });

  await playground.remove('worker-1', 'Taint', 'maintenance');
  await playground.expectCommand(/kubectl taint nodes worker-1 maintenance\S*-/);
  await playground.settle();
  const pod = playground.pods(NODE_LOGGER, 'worker-1');
  await expect(pod).toHaveAttribute('data-state', 'ready');
  await playground.expectStatus({ desired: 6, current: 6, ready: 6 });
});

test('a NoSchedule taint leaves the pod, which is misscheduled then', async ({
  playground,
  page,
}) => {
  await playground.add('worker-2', 'Taint', 'dedicated=batch:NoSchedule');
  await playground.expectCommand('kubectl taint nodes worker-2 dedicated=batch:NoSchedule');
  await playground.settle();
  const pod = playground.pods(NODE_LOGGER, 'worker-2');
  await expect(pod).toHaveAttribute('data-state', 'ready');
  await playground.expectStatus({ desired: 5, current: 5, misscheduled: 1 });
  // Nothing to celebrate; and the names stay whole, however narrow the card is.
  const plan = page.getByRole('region', { name: 'Plan', exact: true });
  await expect(plan).toContainText(/node-logger-\w+ on worker-2 is MISSCHEDULED/);
  await expect(plan.getByText('available', { exact: true })).toHaveAttribute('data-level', 'plain');
  const lines = await plan.locator('.plan__sentence .name').evaluateAll((all) => {
    return all.map((it) => {
      const range = document.createRange();
      range.selectNodeContents(it);
      return range.getClientRects().length;
    });
  });
  expect(lines).toEqual([1, 1]);

  await playground.remove('worker-2', 'Taint', 'dedicated');
  await playground.settle();
  await playground.expectStatus({ desired: 6, current: 6, misscheduled: 0 });
});

test('with a nodeSelector the pod follows the label', async ({ playground }) => {
  await playground.edit((yaml) =>
    yaml.replace(/^( *)containers:$/m, '$1nodeSelector: { logs: "yes" }\n$&'),
  );
  await playground.settle();
  await playground.expectStatus({ desired: 0, current: 0 });
  await expect(playground.pods(NODE_LOGGER)).toHaveCount(0);

  await playground.add('worker-3', 'Label', 'logs=yes');
  await playground.expectCommand('kubectl label nodes worker-3 logs=yes');
  await playground.settle();
  await playground.expectStatus({ desired: 1, ready: 1 });
  expect(nodesWithPod(await playground.snapshot(), 'node-logger')).toEqual(['worker-3']);

  await playground.remove('worker-3', 'Label', 'logs');
  await playground.expectCommand('kubectl label nodes worker-3 logs-');
  await playground.settle();
  await expect(playground.pods(NODE_LOGGER)).toHaveCount(0);
});

test('a cordoned node keeps its pod', async ({ playground }) => {
  await playground.act('worker-4', 'Cordon');
  await playground.expectCommand('kubectl cordon worker-4');
  await expect(playground.node('worker-4')).toHaveAttribute('data-cordoned', 'true');
  await playground.settle();
  await playground.expectStatus({ desired: 6, ready: 6, misscheduled: 0 });

  await playground.act('worker-4', 'Uncordon');
  await playground.expectCommand('kubectl uncordon worker-4');
  await expect(playground.node('worker-4')).toHaveAttribute('data-cordoned', 'false');
});

test('a taint that kubectl would refuse is refused', async ({ playground, page }) => {
  const before = await playground.snapshot();
  await playground.act('worker-1', 'Taint');
  await page.getByRole('textbox', { name: 'Taint', exact: true }).fill('maintenance:Sometimes');
  await playground.button('Add').click();
  await expect(page.getByRole('alert').filter({ visible: true }).first()).toBeVisible();
  expect((await playground.snapshot()).nodes).toEqual(before.nodes);
});
