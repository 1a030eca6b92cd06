// How fast the built page is, as a table: `docs/performance.md` says how to run it.
//
// Times are those of the processor in the page's main thread, where Chromium tells them, so that
// neighbours on the machine disturb less.

import { fileURLToPath } from 'node:url';
import { test, type CDPSession, type Page } from '@playwright/test';
import { serve } from '../../../xtask/node/site.js';
import { Playground } from '../page.ts';
import { median, percentile, tasksOf, traced, type Frame } from './trace.ts';

const DIST = process.env.DIST ?? fileURLToPath(new URL('../../../dist', import.meta.url));
const RUNS = Number(process.env.RUNS ?? '3');
const FRAMES = 600;
const SPEED = 16;
const SEEKS = 40;
// Longer than what was left is kept.
const REST_MS = 150;
/** The scenario's own nodes. */
const OWN_NODES = 9;

const manifest = (version: number) => `
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, namespace: default}
spec:
  selector: {matchLabels: {app: agent}}
  updateStrategy: {rollingUpdate: {maxUnavailable: 50%}}
  template:
    metadata: {labels: {app: agent}}
    spec:
      tolerations: [{operator: Exists}]
      containers: [{name: agent, image: "agent:${version}"}]
`;

let server: Awaited<ReturnType<typeof serve>>;
const rows: [what: string, target: string, measured: string][] = [];
let printed = 0;
test.beforeAll(async () => {
  server = await serve(DIST, { brotli: true });
});
test.afterAll(() => server.close());
// Row by row, so that a run that is cut short has told what it found.
test.afterEach(() => {
  for (const [what, target, measured] of rows.slice(printed)) {
    console.log(`\n| ${what.padEnd(44)} | ${target.padEnd(6)} | ${measured} |`);
  }
  printed = rows.length;
});

const ms = (value: number) => `${value.toFixed(1)} ms`;

async function open(page: Page): Promise<{ playground: Playground; cdp: CDPSession }> {
  await page.addInitScript(keepMemories);
  const playground = new Playground(page, server.url);
  await playground.open();
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  return { playground, cdp };
}

async function addNodes(page: Page, pool: string, count: number): Promise<void> {
  await page.locator('body').press('Shift+N');
  const dialog = page.getByRole('dialog', { name: 'Add nodes' });
  await dialog.getByRole('combobox', { name: 'Pool' }).selectOption(pool);
  await dialog.getByRole('textbox', { name: 'How many' }).fill(String(count));
  await page.keyboard.press('Enter');
  await dialog.waitFor({ state: 'hidden' });
}

/** So many nodes in all; with `cards` every one of them is drawn. */
async function grow(page: Page, count: number): Promise<void> {
  const joining = count - OWN_NODES;
  // A pool draws 96 cards at most.
  const first = count > 1_000 ? joining : Math.min(joining, 90);
  await addNodes(page, 'workers', first);
  if (joining > first) await addNodes(page, 'gpu', joining - first);
}

const apply = (page: Page, version: number) =>
  page.evaluate((yaml) => {
    const { ok, messages } = window.playground.apply(yaml);
    if (!ok) throw new Error(JSON.stringify(messages));
  }, manifest(version));

const podIds = (page: Page) =>
  page.evaluate(() => window.playground.snapshot().pods.map((it) => it.metadata.uid));

async function cpu(cdp: CDPSession): Promise<number> {
  const { metrics } = await cdp.send('Performance.getMetrics');
  return (metrics.find((it) => it.name === 'TaskDuration')?.value ?? Number.NaN) * 1000;
}

/** Remembers the memories of WebAssembly, so that they can be asked how large they are. */
function keepMemories(): void {
  const memories: WebAssembly.Memory[] = [];
  Object.assign(window, { memories });
  const keep = (made: WebAssembly.Instance | WebAssembly.WebAssemblyInstantiatedSource) => {
    const { memory } = ('instance' in made ? made.instance : made).exports;
    const isNew = memory instanceof WebAssembly.Memory && !memories.includes(memory);
    if (isNew) memories.push(memory);
    return made;
  };
  for (const name of ['instantiate', 'instantiateStreaming'] as const) {
    const original = WebAssembly[name] as (...given: unknown[]) => Promise<WebAssembly.Instance>;
    Object.assign(WebAssembly, {
      [name]: (...given: unknown[]) => original.apply(WebAssembly, given).then(keep),
    });
  }
}

/** Bytes of the JavaScript heap after a collection, and of the memory of WebAssembly. */
async function memory(page: Page, cdp: CDPSession): Promise<{ heap: number; wasm: number }> {
  await cdp.send('HeapProfiler.collectGarbage');
  const { usedSize } = await cdp.send('Runtime.getHeapUsage');
  const wasm = await page.evaluate(() => {
    const { memories } = window as unknown as { memories: WebAssembly.Memory[] };
    return memories.reduce((sum, it) => sum + it.buffer.byteLength, 0);
  });
  return { heap: usedSize, wasm };
}

const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`;

test('empty to all ready', async ({ page }) => {
  const { cdp } = await open(page);
  const times: number[] = [];
  for (let run = 0; run < Math.max(RUNS, 5); run += 1) {
    await page.evaluate(() => {
      window.playground.reset();
      window.playground.pause();
    });
    await grow(page, 5_000);
    await page.evaluate(() => void window.playground.settle(600));
    const before = await cpu(cdp);
    await page.evaluate((yaml) => {
      window.playground.apply(yaml);
      window.playground.settle(600);
    }, manifest(1));
    times.push((await cpu(cdp)) - before);
  }
  const figures = `${ms(median(times))}, fastest ${ms(Math.min(...times))}`;
  rows.push(['5,000 nodes: empty to all ready', '400 ms', figures]);
});

for (const [nodes, what] of [[150, '150 cards'], [5_000, '5,000 nodes']] as const) {
  const replacedMin = nodes === 150 ? 150 : 1_000;
  test(`frames with ${what}`, async ({ page }) => {
    const { playground, cdp } = await open(page);
    await grow(page, nodes);
    await apply(page, 1);
    await playground.settle(600);
    const runs: { frames: Frame[]; speed: number; replaced: number }[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await apply(page, run + 2);
      const before = new Set(await podIds(page));
      const from = await playground.now();
      let wall = 0;
      const frames = await traced(cdp, async () => {
        wall = await page.evaluate(
          async ([speed, count]) => {
            window.playground.setSpeed(speed);
            window.playground.play();
            const start = performance.now();
            for (let frame = 0; frame <= count; frame += 1) {
              await new Promise((resolve) => requestAnimationFrame(resolve));
            }
            window.playground.pause();
            return performance.now() - start;
          },
          [SPEED, FRAMES] as const,
        );
      });
      const speed = ((await playground.now()) - from) / (wall / 1000);
      const replaced = (await podIds(page)).filter((it) => !before.has(it)).length;
      runs.push({ frames, speed, replaced });
      await playground.settle(900);
    }
    const p95 = (of: keyof Frame) =>
      median(runs.map((it) => percentile(it.frames.map((frame) => frame[of]), 95)));
    const replaced = Math.min(...runs.map((it) => it.replaced));
    const enough = replaced >= replacedMin ? '' : `, fewer than ${replacedMin}`;
    rows.push([`${what}: scripting per frame, p95`, '8 ms', ms(p95('scripting'))]);
    rows.push([`${what}: main thread per frame, p95`, '16 ms', ms(p95('work'))]);
    const reached = median(runs.map((it) => it.speed)).toFixed(1);
    rows.push([`${what}: speed reached`, `${SPEED}×`, `${reached}×`]);
    rows.push([`${what}: pods replaced meanwhile`, `${replacedMin}`, `${replaced}${enough}`]);
    if (nodes === 150) return;

    const answers = [];
    for (const name of ['worker-3', 'worker-40', 'gpu-1', 'worker-7', 'cp-1']) {
      answers.push(await page.evaluate(async (name) => {
        const card = document.querySelector<HTMLElement>(`[data-node="${name}"]`);
        const start = performance.now();
        card?.click();
        await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        return performance.now() - start;
      }, name));
    }
    rows.push([`${what}: answer to a click on a node`, '50 ms', ms(median(answers))]);
  });
}

test('ten minutes at 5,000 nodes: memory, and seeks', async ({ page }) => {
  const { playground, cdp } = await open(page);
  await page.evaluate(() => void window.playground.pause());
  await grow(page, 5_000);
  for (let version = 1; version <= 5; version += 1) {
    await apply(page, version);
    await playground.advance(120);
  }
  const { heap, wasm } = await memory(page, cdp);
  const parts = `${megabytes(heap + wasm)}: heap ${megabytes(heap)}, wasm ${megabytes(wasm)}`;
  rows.push(['5,000 nodes: memory after ten minutes', '150 MB', parts]);

  const [times, arrivals]: [number[], number[]] = [[], []];
  for (let seek = 0; seek < SEEKS; seek += 1) {
    // Spread over the ten minutes, back and forth.
    const seconds = (seek * 229) % 600;
    const before = await cpu(cdp);
    // Until it is drawn.
    await page.evaluate(async (seconds) => {
      window.playground.seek(seconds);
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    }, seconds);
    const shown = await cpu(cdp);
    times.push(shown - before);
    await page.evaluate(async () => {
      window.playground.advance(0);
      await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
    });
    arrivals.push((await cpu(cdp)) - shown);
    // What is done when the page stands still does not belong to the next seek.
    await page.waitForTimeout(REST_MS);
  }
  const figures = `median ${ms(median(times))}, p95 ${ms(percentile(times, 95))}`;
  rows.push(['5,000 nodes: seek', '50 ms', `${figures}, slowest ${ms(Math.max(...times))}`]);

  const arrival = `median ${ms(median(arrivals))}, slowest ${ms(Math.max(...arrivals))}`;
  rows.push(['5,000 nodes: until the cluster follows', '', arrival]);

  const plot = (await page.locator('.plot').boundingBox())!;
  const tasks = await tasksOf(cdp, async () => {
    await page.mouse.move(plot.x + plot.width * 0.9, plot.y + plot.height / 2);
    await page.mouse.down();
    for (let step = 0; step <= 60; step += 1) {
      await page.mouse.move(plot.x + plot.width * (0.9 - step / 80), plot.y + plot.height / 2);
      await page.waitForTimeout(50);
    }
    await page.mouse.up();
  });
  const drag = `p95 ${ms(percentile(tasks, 95))}, longest ${ms(Math.max(...tasks))}`;
  rows.push(['5,000 nodes: tasks while time is dragged', '50 ms', drag]);
});

test('growth from reset 2 to reset 10', async ({ page }) => {
  const { playground, cdp } = await open(page);
  const sizes: number[] = [];
  for (let reset = 1; reset <= 10; reset += 1) {
    await page.evaluate(() => {
      window.playground.reset();
      window.playground.pause();
    });
    await grow(page, 150);
    await apply(page, 1);
    await playground.settle(600);
    const { heap, wasm } = await memory(page, cdp);
    sizes.push(heap + wasm);
  }
  const growth = (100 * (sizes[9]! - sizes[1]!)) / sizes[1]!;
  const range = `${megabytes(sizes[1]!)} to ${megabytes(sizes[9]!)}`;
  rows.push(['growth from reset 2 to reset 10', '5 %', `${growth.toFixed(1)} %, ${range}`]);
});
