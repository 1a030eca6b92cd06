// Manifests as real projects publish them. They are not ours to ship: the tests look for them in
// the folder named by MANIFESTS, else beside the repository.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test, expect } from './fixtures.ts';
import { ALL_NODES, nodesWithPod } from './kubernetes.ts';
import { followRollout } from './rollout.ts';

const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '../..');
const FOLDER = process.env.MANIFESTS ?? join(REPOSITORY, '../shared/manifests');

const cases = [
  {
    file: 'kube-prometheus-node-exporter.yaml',
    name: 'node-exporter',
    owner: 'monitoring/node-exporter',
    image: /quay\.io\/prometheus\/node-exporter:\S+/,
    nodes: ALL_NODES,
  },
  {
    file: 'flannel-kube-flannel.yaml',
    name: 'kube-flannel-ds',
    owner: 'kube-flannel/kube-flannel-ds',
    image: /ghcr\.io\/flannel-io\/flannel:v\S+/g,
    nodes: ALL_NODES,
  },
];

for (const { file, name, owner, image, nodes } of cases) {
  test(`${file} runs where it should and rolls within its budget`, async ({ playground }) => {
    const path = join(FOLDER, file);
    test.skip(!existsSync(path), `${path} is not there`);
    test.setTimeout(180_000);

    await playground.write(readFileSync(path, 'utf8'));
    await playground.apply();
    await playground.settle();
    expect(nodesWithPod(await playground.snapshot(), name)).toEqual(nodes);
    await expect(playground.pods(owner)).toHaveCount(nodes.length);
    await playground.expectStatus({ desired: nodes.length, available: nodes.length });

    const tagged = (text: string) => text.replace(image, (it) => `${it}-next`);
    const [first] = (await playground.manifest()).match(image) ?? [];
    await playground.edit(tagged);
    await followRollout(playground, name, nodes, `${first}-next`);
  });
}

const NODE_EXPORTER = `\
apiVersion: apps/v1
kind: DaemonSet
metadata:
  name: node-exporter
  namespace: monitoring
  labels:
    app: node-exporter
spec:
  selector:
    matchLabels:
      app: node-exporter
  template:
    metadata:
      labels:
        app: node-exporter
    spec:
      hostNetwork: true
      containers:
      - name: node-exporter
        image: prom/node-exporter:v1.8.1
        ports:
        - containerPort: 9100
        volumeMounts:
        - name: sys
          mountPath: /host/sys
          readOnly: true
      volumes:
      - name: sys
        hostPath:
          path: /sys
`;

test('a node exporter beside the node logger runs on the workers', async ({ playground }) => {
  const workers = ALL_NODES.filter((it) => it.startsWith('worker-'));
  await playground.write(NODE_EXPORTER);
  await playground.apply();
  await playground.settle();
  const snapshot = await playground.snapshot();
  expect(nodesWithPod(snapshot, 'node-exporter')).toEqual(workers);
  expect(nodesWithPod(snapshot, 'node-logger')).toEqual(workers);
  await expect(playground.pods('monitoring/node-exporter')).toHaveCount(workers.length);
});
