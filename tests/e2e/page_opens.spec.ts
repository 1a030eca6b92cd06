// The first look: the scenario is there, alive, and within its policy.

import { test, expect } from './fixtures.ts';
import { ALL_NODES, WORKERS, nodesWithPod } from './kubernetes.ts';

const NODE_LOGGER = 'kube-system/node-logger';

test('the page opens with a pod on every worker and nowhere else', async ({ playground }) => {
  expect(await playground.nodeNames()).toEqual(ALL_NODES);
  await playground.settle();
  await expect(playground.pods(NODE_LOGGER)).toHaveCount(WORKERS.length);
  for (const worker of WORKERS) {
    const pod = playground.pods(NODE_LOGGER, worker);
    await expect(pod, worker).toHaveAttribute('data-state', 'ready');
    await expect(pod, worker).toHaveAttribute('data-revision', '1');
  }
  await playground.expectStatus({
    desired: 6, current: 6, ready: 6, 'up-to-date': 6, available: 6, misscheduled: 0,
  });
  expect(nodesWithPod(await playground.snapshot(), 'node-logger')).toEqual(WORKERS);
});

test('something happens within a second of loading', async ({ page, server }) => {
  await page.goto(server.url);
  await page.evaluate(() => window.playground.ready);
  const playing = page.getByRole('button', { name: 'Pause', exact: true });
  await expect(playing, 'time flows from the start').toBeVisible();
  await expect(page.locator('[data-pod]').first()).toBeVisible({ timeout: 1_000 });
});

test('every node says in words what its attributes say', async ({ playground }) => {
  await playground.settle();
  for (const name of ALL_NODES) {
    await expect(playground.node(name)).toHaveAttribute('data-ready', 'true');
    await expect(playground.node(name)).toHaveAttribute('data-cordoned', 'false');
  }
  // Whatever element carries the name, the roles and the words are there for a screen reader.
  await expect(playground.node('worker-1')).toHaveAccessibleName(/worker-1.*ready/i);
});

test('the page carries its own policy and its addresses are relative', async ({ page, server }) => {
  await page.goto(server.url);
  const policy = page.locator('meta[http-equiv="Content-Security-Policy"]');
  await expect(policy).toHaveAttribute('content', /default-src 'none'/);
  const absolute = await page.locator('link[href^="/"], script[src^="/"]').count();
  expect(absolute, 'addresses that work at the root of a server only').toBe(0);
});
