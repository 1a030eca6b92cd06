// Manifests that are wrong change nothing; deleting takes away what applying made.

import { test, expect } from './fixtures.ts';
import { WORKERS, identity } from './kubernetes.ts';

const NODE_LOGGER = 'kube-system/node-logger';

const lineOf = (yaml: string, text: string) =>
  yaml.split('\n').findIndex((line) => line.includes(text)) + 1;

test.beforeEach(async ({ playground }) => {
  await playground.settle();
});

const wrong = [
  {
    name: 'YAML that cannot be read',
    write: (yaml: string) => yaml.replace(/^kind: .*$/m, '$&\n  oops: here'),
    mark: 'oops:',
    message: /mapping values are not allowed/,
  },
  {
    name: 'an unknown field',
    write: (yaml: string) => yaml.replace(/^spec:$/m, 'spec:\n  replicas: 3'),
    mark: 'replicas:',
    message: /unknown field "?spec\.replicas/,
  },
  {
    name: 'a value that Kubernetes refuses',
    write: (yaml: string) => yaml.replace(/^( *)(- )?image: .*$/m, '$1$2image: ""'),
    mark: 'image:',
    message: /image/,
  },
];

for (const { name, write, mark, message } of wrong) {
  test(`${name} is reported at its place and changes nothing`, async ({ playground }) => {
    const yaml = write(await playground.manifest());
    const before = await playground.snapshot();
    await playground.write(yaml);
    await playground.editor.press('Control+Enter');
    await playground.expectMessage(message, lineOf(yaml, mark));
    expect(await playground.manifest(), 'the text is kept').toBe(yaml);
    expect(identity(await playground.snapshot())).toEqual(identity(before));

    await playground.addNode('Workers');
    await playground.settle();
    const pod = playground.pods(NODE_LOGGER, 'worker-7');
    await expect(pod, 'the cluster goes on').toHaveAttribute('data-state', 'ready');
    expect(await playground.manifest(), 'the text is kept').toBe(yaml);
  });
}

test('deleting the DaemonSet removes its pods; applying brings them back', async ({
  playground,
  page,
}) => {
  await page.getByRole('button', { name: /^Delete DaemonSet/ }).click();
  await playground.expectCommand(/kubectl .*delete (ds|daemonsets?)\b.*node-logger/);
  await playground.advance(90);
  await expect(playground.pods(NODE_LOGGER)).toHaveCount(0);
  const snapshot = await playground.snapshot();
  expect(snapshot.daemonSets).toEqual([]);
  expect(snapshot.controllerRevisions).toEqual([]);

  await playground.apply();
  await playground.settle();
  await expect(playground.pods(NODE_LOGGER)).toHaveCount(WORKERS.length);
});
