// What typing costs: the longest task of the main thread while somebody types, and what is found
// out about the text meanwhile. `docs/performance.md` says how to run it.

import { fileURLToPath } from 'node:url';
import { test, type CDPSession, type Page } from '@playwright/test';
import { serve } from '../../../xtask/node/site.js';
import { Playground } from '../page.ts';
import { median, percentile, tasksOf } from './trace.ts';

const DIST = process.env.DIST ?? fileURLToPath(new URL('../../../dist', import.meta.url));
/** Between two keys, as fast typists type; and until everything about the text is known. */
const KEY_MS = 120;
const REST_MS = 1_500;

let server: Awaited<ReturnType<typeof serve>>;
test.beforeAll(async () => {
  server = await serve(DIST, { brotli: true });
});
test.afterAll(() => server.close());

const container = (number: number) => `
      - name: container-${number}
        image: registry.example/agent-${number}:1
        env:
        - name: NODE_NAME
          valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
        resources:
          requests: {cpu: 10m, memory: 16Mi}
        volumeMounts:
        - name: logs
          mountPath: /logs`;

/** A DaemonSet of about so many lines. */
function daemonSet(lines: number): string {
  const count = Math.max(1, Math.round((lines - 14) / 10));
  const containers = Array.from({ length: count }, (_, index) => container(index)).join('');
  return `apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: kube-system}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      tolerations:
      - operator: Exists
      volumes:
      - {name: logs, hostPath: {path: /var/log/pods}}
      containers:${containers}
`;
}

/** What operators ship: definitions of types with long descriptions, about so many characters. */
function definitions(characters: number): string {
  const property = (number: number) => `
                field${number}:
                  description: The quick brown fox jumps over the lazy dog, again and again.
                  type: object
                  properties:
                    name: {type: string}
                    value: {type: integer, format: int32}`;
  const properties = Array.from({ length: 120 }, (_, index) => property(index)).join('');
  const documents: string[] = [];
  let length = 0;
  while (length < characters) {
    const name = `kind${documents.length}`;
    documents.push(`apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${name}s.example.com}
spec:
  group: example.com
  names: {kind: ${name}, plural: ${name}s}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema:
      openAPIV3Schema:
        type: object
        properties:
          spec:
            type: object
            properties:${properties}
`);
    length += documents.at(-1)!.length;
  }
  return documents.join('---\n');
}

interface Opened {
  playground: Playground;
  cdp: CDPSession;
}

async function open(page: Page, nodes: number): Promise<Opened> {
  const playground = new Playground(page, server.url);
  await playground.open();
  await playground.codeEditor();
  if (nodes > 0) {
    const line = `node add --pool workers --count ${nodes}`;
    await page.evaluate((line) => void window.playground.kubectl(line), line);
  }
  await playground.settle(600);
  return { playground, cdp: await page.context().newCDPSession(page) };
}

/** Types a comment at a place and rests; what the tasks cost. */
async function typed(page: Page, cdp: CDPSession, playground: Playground): Promise<number[]> {
  await playground.editor.press('Control+Home');
  await page.keyboard.press('End');
  await page.waitForTimeout(REST_MS);
  return tasksOf(cdp, async () => {
    await page.keyboard.type(' # twenty characters!', { delay: KEY_MS });
    await page.waitForTimeout(REST_MS);
  });
}

function row(what: string, limit: string, tasks: number[]): void {
  const longest = Math.max(...tasks);
  const rest = `p99 ${percentile(tasks, 99).toFixed(1)} ms`;
  console.log(`\n| ${what} | ${limit} | ${longest.toFixed(1)} ms, ${rest} |`);
}

test('500 lines', async ({ page }) => {
  const { playground, cdp } = await open(page, 0);
  await playground.write(daemonSet(500));
  row('500 lines: longest task while typing', '30 ms', await typed(page, cdp, playground));
});

test('700 kB', async ({ page }) => {
  const { playground, cdp } = await open(page, 0);
  await playground.paste(`${daemonSet(40)}---\n${definitions(700_000)}`);
  row('700 kB: longest task while typing', '16 ms', await typed(page, cdp, playground));
});

for (const [nodes, limit] of [[100, '100 ms'], [1_000, '1,000 ms']] as const) {
  test(`a plan for ${nodes} nodes`, async ({ page }) => {
    const { playground, cdp } = await open(page, nodes - 9);
    const yaml = (await playground.manifest()).replace('filebeat:8.10.0', 'filebeat:8.11.0');
    const times: number[] = [];
    for (let run = 0; run < 5; run += 1) {
      times.push(
        await page.evaluate((yaml) => {
          const playground = window.playground as unknown as { plan(yaml: string): unknown };
          const start = performance.now();
          playground.plan(yaml);
          return performance.now() - start;
        }, yaml),
      );
    }
    const figure = `${median(times).toFixed(0)} ms, fastest ${Math.min(...times).toFixed(0)} ms`;
    console.log(`\n| ${nodes} nodes: a plan | ${limit} | ${figure} |`);
    await playground.write(yaml);
    const tasks = await typed(page, cdp, playground);
    row(`${nodes} nodes: longest task while typing`, '16 ms', tasks);
  });
}
