// Time: play, pause, speed, step, reset; and the JavaScript API, which does the same.

import { test, expect } from './fixtures.ts';
import { ALL_NODES, WORKERS } from './kubernetes.ts';

const NODE_LOGGER = 'kube-system/node-logger';

test('time flows while it plays and stands still when paused', async ({ playground, page }) => {
  const start = await playground.now();
  await playground.button('Play').click();
  await expect.poll(() => playground.now()).toBeGreaterThan(start + 0.5);
  await playground.button('Pause').click();
  await expect(playground.button('Play')).toBeVisible();
  const [before, after] = await page.evaluate(async () => {
    const before = window.playground.now();
    for (let frame = 0; frame < 10; frame += 1) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
    }
    return [before, window.playground.now()];
  });
  expect(after).toBe(before);
});

test('the speed is one of five', async ({ playground, page }) => {
  await expect(playground.speed('1×')).toBeChecked();
  for (const name of ['½×', '4×', '16×', '60×', '1×']) {
    await playground.speed(name).check({ force: true });
    await expect(playground.speed(name)).toBeChecked();
  }
  await page.evaluate(() => void window.playground.setSpeed(16));
  await expect(playground.speed('16×')).toBeChecked();
});

test('sixty times as fast means a minute in a second', async ({ playground }) => {
  await playground.speed('60×').check({ force: true });
  const start = await playground.now();
  await playground.button('Play').click();
  await expect.poll(() => playground.now()).toBeGreaterThan(start + 60);
});

test('a step leads to the next visible change and stops there', async ({ playground }) => {
  await playground.settle();
  await playground.addNode('Workers');
  const states = new Set<string | null>();
  let last = await playground.now();
  const pod = playground.pods(NODE_LOGGER, 'worker-7');
  for (let step = 0; step < 40 && !states.has('ready'); step += 1) {
    await playground.button('Step forward').click();
    await expect.poll(() => playground.now(), 'time moves').toBeGreaterThan(last);
    last = await playground.now();
    if ((await pod.count()) > 0) states.add(await pod.getAttribute('data-state'));
  }
  // Without a readiness probe the pod is ready as soon as it runs.
  expect([...states], 'every state is a step').toEqual(['pending', 'pulling', 'ready']);
  await expect(playground.button('Play')).toBeVisible();
});

test('reset opens the scenario again', async ({ playground }) => {
  await playground.settle();
  await playground.addNode('Workers');
  await playground.act('worker-1', 'Delete');
  await playground.edit((yaml) => yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  await playground.settle();
  await playground.button('Reset').click();
  await expect.poll(() => playground.nodeNames()).toEqual(ALL_NODES);
  const snapshot = await playground.snapshot();
  expect(snapshot.controllerRevisions.length).toBeLessThanOrEqual(1);
  await playground.settle();
  await expect(playground.pods(NODE_LOGGER)).toHaveCount(WORKERS.length);
  await expect(playground.pods(NODE_LOGGER).first()).toHaveAttribute('data-revision', '1');
});

test('window.playground is there before the page works', async ({ page, server }) => {
  await page.goto(server.url, { waitUntil: 'domcontentloaded' });
  expect(await page.evaluate(() => window.playground.ready instanceof Promise)).toBe(true);
});

test('the JavaScript API does what its names say', async ({ playground, page }) => {
  await playground.settle();
  const yaml = await playground.manifest();
  const result = await page.evaluate((yaml) => {
    const api = window.playground;
    const start = api.now();
    api.advance(5);
    const passed = api.now() - start;
    const refused = api.apply('kind: [');
    const applied = api.apply(yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
    const settled = api.settle(600);
    const keys = Object.keys(api.snapshot());
    api.reset();
    api.pause();
    return { passed, refused, applied, settled, keys, afterReset: api.now() };
  }, yaml);
  expect(result.passed).toBeCloseTo(5, 3);
  expect(result.refused.ok).toBe(false);
  expect(result.refused.messages.length).toBeGreaterThan(0);
  expect(result.applied.ok).toBe(true);
  expect(result.settled).toBeGreaterThan(0);
  expect(result.keys).toEqual(
    expect.arrayContaining(['now', 'nodes', 'pods', 'daemonSets', 'controllerRevisions', 'events']),
  );
  expect(result.afterReset).toBeLessThan(1);
});

test('the same inputs give the same cluster', async ({ playground, page }) => {
  const yaml = await playground.manifest();
  const run = () =>
    page.evaluate((yaml) => {
      const api = window.playground;
      api.reset();
      api.pause();
      api.advance(20);
      api.apply(yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
      api.advance(45);
      return api.snapshot();
    }, yaml);
  expect(await run()).toEqual(await run());
});
