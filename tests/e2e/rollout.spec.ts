// A change of the template, by button and by keyboard.

import { test, expect } from './fixtures.ts';
import { WORKERS } from './kubernetes.ts';
import type { Playground } from './page.ts';
import { followRollout } from './rollout.ts';

const NODE_LOGGER = 'kube-system/node-logger';
const NEW_IMAGE = 'docker.elastic.co/beats/filebeat:8.11.0';

const newImage = (yaml: string) => yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0');

async function expectSecondRevisionEverywhere(playground: Playground): Promise<void> {
  await playground.settle();
  await expect(playground.pods(NODE_LOGGER)).toHaveCount(WORKERS.length);
  for (const worker of WORKERS) {
    const pod = playground.pods(NODE_LOGGER, worker);
    await expect(pod, worker).toHaveAttribute('data-revision', '2');
    await expect(pod, worker).toHaveAttribute('data-state', 'ready');
  }
  await playground.expectStatus({ desired: 6, ready: 6, 'up-to-date': 6, available: 6 });
}

test('a new image rolls over the workers, one at a time', async ({ playground }) => {
  await playground.settle();
  await playground.edit(newImage);
  await followRollout(playground, 'node-logger', WORKERS, NEW_IMAGE);
  await expectSecondRevisionEverywhere(playground);
});

test('Ctrl+Enter in the manifest applies it', async ({ playground }) => {
  await playground.settle();
  await playground.write(newImage(await playground.manifest()));
  await playground.editor.press('Control+Enter');
  await playground.expectCommand(/kubectl apply/);
  await followRollout(playground, 'node-logger', WORKERS, NEW_IMAGE);
  await expectSecondRevisionEverywhere(playground);
});

test('maxUnavailable lets two nodes go at a time', async ({ playground }) => {
  await playground.settle();
  const two = '  updateStrategy: { type: RollingUpdate, rollingUpdate: { maxUnavailable: 2 } }';
  await playground.edit((yaml) => newImage(yaml).replace(/^spec:$/m, `spec:\n${two}`));
  await followRollout(playground, 'node-logger', WORKERS, NEW_IMAGE);
});

test('a pod element keeps its identity from birth to readiness', async ({ playground, page }) => {
  await playground.settle();
  await playground.addNode('Workers');
  const pod = playground.pods(NODE_LOGGER, 'worker-7');
  // The node gets its pod when it is ready, after 3 to 6 seconds.
  for (let second = 0; second < 10 && (await pod.count()) === 0; second += 1) {
    await playground.advance(1);
  }
  await expect(pod).toHaveCount(1);
  await expect(pod).not.toHaveAttribute('data-state', 'ready');
  const element = await pod.elementHandle();
  const name = await pod.getAttribute('data-pod');
  await playground.settle();
  await expect(pod).toHaveAttribute('data-state', 'ready');
  const same = await page.evaluate(
    ([before, name]) => before === document.querySelector(`[data-pod="${name}"]`),
    [element, name] as const,
  );
  expect(same, 'the element of the pod').toBe(true);
});
