// The timeline: the playhead goes anywhere, by pointer and by keyboard, and the past stays.

import { test, expect } from './fixtures.ts';
import type { Playground } from './page.ts';

const NODE_LOGGER = 'kube-system/node-logger';

const playhead = (playground: Playground) =>
  playground.page.getByRole('slider', { name: 'Time', exact: true });

async function rolledOut(playground: Playground): Promise<void> {
  await playground.settle();
  await playground.edit((yaml) => yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  await playground.settle();
}

test('the playhead says where it is and goes back and forth by keys', async ({ playground }) => {
  await rolledOut(playground);
  const end = await playground.now();
  const slider = playhead(playground);
  await expect(slider).toHaveAttribute('aria-valuetext', /^\d\d:\d\d$/);
  await slider.focus();
  await slider.press('Home');
  await expect.poll(() => playground.now()).toBe(0);
  await expect(playground.pods(NODE_LOGGER)).toHaveCount(0);
  await slider.press('PageDown');
  await slider.press('ArrowRight');
  await expect.poll(() => playground.now()).toBe(11);
  await slider.press('End');
  await expect.poll(() => playground.now()).toBeCloseTo(end, 3);
  await expect(playground.pods(NODE_LOGGER).first()).toHaveAttribute('data-revision', '2');
});

test('pressing and dragging on the plot seek', async ({ playground, page }) => {
  await rolledOut(playground);
  const end = await playground.now();
  const plot = page.getByRole('region', { name: 'Timeline' }).locator('.plot');
  const box = await plot.boundingBox();
  if (box === null) throw new Error('the plot has no place');
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.1, y);
  await page.mouse.down();
  await expect.poll(() => playground.now()).toBeLessThan(end / 2);
  const first = await playground.now();
  await page.mouse.move(box.x + box.width * 0.3, y, { steps: 4 });
  await expect.poll(() => playground.now()).toBeGreaterThan(first);
  await page.mouse.up();
  const there = await playground.now();
  await page.mouse.move(box.x + box.width * 0.05, y);
  expect(await playground.now(), 'the pointer has let go').toBe(there);
});

test('a step back undoes a step forward, by button and by key', async ({ playground, page }) => {
  await playground.settle();
  await playground.addNode('Workers');
  const times = [await playground.now()];
  for (let step = 0; step < 4; step += 1) {
    await playground.button('Step forward').click();
    await expect.poll(() => playground.now()).toBeGreaterThan(times[times.length - 1]);
    times.push(await playground.now());
  }
  await playground.button('Step back').click();
  await expect.poll(() => playground.now()).toBe(times[3]);
  await page.getByRole('region', { name: 'Cluster' }).focus();
  await page.keyboard.press('ArrowLeft');
  await expect.poll(() => playground.now()).toBe(times[2]);
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => playground.now()).toBe(times[3]);
});

test('the playhead crosses no word of a wave', async ({ playground, page }) => {
  await rolledOut(playground);
  const end = await playground.now();
  const crossed = await page.evaluate(async (end) => {
    const frame = () => new Promise((then) => requestAnimationFrame(then));
    const shown = new Set<string>();
    const crossed: string[] = [];
    for (let time = 1; time < end; time += 0.7) {
      window.playground.seek(time);
      await frame();
      await frame();
      const head = document.querySelector('.playhead')!.getBoundingClientRect().x;
      for (const word of document.querySelectorAll('.wave__word')) {
        if (getComputedStyle(word).visibility === 'hidden') continue;
        shown.add(word.textContent!);
        const { left, right } = word.getBoundingClientRect();
        if (left < head + 2 && head - 2 < right) crossed.push(`${word.textContent} at ${time}`);
      }
    }
    return shown.size === 0 ? ['no word was there'] : crossed;
  }, end);
  expect(crossed).toEqual([]);
});

test('a rollout shows its waves and can be undone', async ({ playground, page }) => {
  await playground.settle();
  await playground.edit((yaml) => yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  await playground.advance(20);
  const plan = page.getByRole('region', { name: 'Plan', exact: true });
  await expect(plan.getByRole('list', { name: 'Waves' }).getByRole('listitem')).toHaveCount(6);
  await plan.getByRole('button', { name: 'Undo rollout' }).click();
  await playground.expectCommand(/rollout undo daemonset\/node-logger/);
  await playground.settle();
  const images = (await playground.snapshot()).pods.flatMap((pod) =>
    pod.spec.containers.map((it) => it.image),
  );
  expect(new Set(images)).toEqual(new Set(['docker.elastic.co/beats/filebeat:8.10.0']));
});

test('events are filtered by words and by type', async ({ playground, page }) => {
  await rolledOut(playground);
  await playground.showTab('Events');
  const events = page.getByRole('tabpanel', { name: 'Events' }).getByRole('listitem');
  const all = await events.count();
  await page.getByRole('searchbox', { name: 'Filter events' }).fill('killing');
  await expect.poll(() => events.count()).toBeLessThan(all);
  await expect(events.first()).toContainText('Killing');
  await page.getByRole('searchbox', { name: 'Filter events' }).fill('');
  await page.getByRole('button', { name: 'Warnings' }).click();
  await expect(page.getByText('No event passes the filter.')).toBeVisible();
});

test('P presents and leaves again', async ({ playground, page }) => {
  await rolledOut(playground);
  await page.keyboard.press('p');
  const presentation = page.getByRole('region', { name: 'Presentation' });
  await expect(presentation).toContainText('All 6 pods run revision 2');
  await expect(playground.editor).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(presentation).toBeHidden();
  await expect(playground.editor).toBeVisible();
});

test('Home, End, page keys and brackets move time from anywhere on the page', async ({
  playground,
  page,
}) => {
  await rolledOut(playground);
  const end = await playground.now();
  const body = page.locator('body');
  await body.press('Home');
  await expect.poll(() => playground.now()).toBe(0);
  // What slide remotes send.
  await body.press('PageDown');
  const first = await playground.now();
  expect(first).toBeGreaterThan(0);
  await body.press('PageDown');
  await expect.poll(() => playground.now()).toBeGreaterThan(first);
  await body.press('PageUp');
  await expect.poll(() => playground.now()).toBe(first);
  await body.press('End');
  await expect.poll(() => playground.now()).toBeCloseTo(end, 3);
  const speed = (name: string) => page.getByRole('radio', { name, exact: true });
  await body.press(']');
  await expect(speed('4×')).toBeChecked();
  await body.press('[');
  await body.press('[');
  await expect(speed('½×')).toBeChecked();
});

test('a command that waits ends when somebody acts in the past', async ({ playground, page }) => {
  await rolledOut(playground);
  await page.evaluate(() => void window.playground.seek(1));
  await playground.type('kubectl -n kube-system rollout status ds/node-logger');
  await expect(playground.output).toContainText('Waiting for daemon set');
  await page.evaluate(() => void window.playground.kubectl('kubectl label node worker-1 a=b'));
  await expect(playground.output).toContainText('ends: somebody acted in the past');
});

test('in a large cluster, whoever acts before an instant is reached acts there', async ({
  playground,
  page,
}) => {
  await playground.addNodes(600);
  await rolledOut(playground);
  const end = await playground.now();
  const plot = page.getByRole('region', { name: 'Timeline' }).locator('.plot');
  const { now, then, output } = await plot.evaluate(async (it) => {
    const { x, y, width } = it.getBoundingClientRect();
    const at = { pointerId: 1, clientX: x + width * 0.2, clientY: y + 5, bubbles: true };
    it.dispatchEvent(new PointerEvent('pointerdown', at));
    it.dispatchEvent(new PointerEvent('pointerup', at));
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const output = window.playground.kubectl('kubectl cordon worker-1').stdout;
    const now = window.playground.now();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return { now, then: window.playground.now(), output };
  });
  expect(output).toBe('node/worker-1 cordoned\n');
  expect(now).toBeLessThan(end / 2);
  expect(then, 'nobody goes on travelling').toBe(now);
  await expect(playground.button('Branch B')).toBeVisible();
});

test('an instant of a large cluster is shown at once, as the cluster is that follows', async ({
  playground,
  page,
}) => {
  await playground.addNodes(600);
  await rolledOut(playground);
  const end = await playground.now();
  const seen = await page.evaluate(async (end) => {
    const drawn = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
    const figures = () =>
      [...document.querySelectorAll('[data-status]')].map((it) => it.textContent ?? '');
    const seen: [number, string[], string[]][] = [];
    for (let part = 9; part > 0; part -= 1) {
      window.playground.seek((end * part) / 10);
      await drawn();
      const first = figures();
      // Whoever lets time go on is at the instant itself.
      window.playground.advance(0);
      await drawn();
      seen.push([window.playground.now(), first, figures()]);
    }
    return seen;
  }, end);
  for (const [at, first, then] of seen) expect(first, `at ${at} s`).toEqual(then);
  const different = new Set(seen.map(([, figures]) => figures.join()));
  expect(different.size).toBeGreaterThan(2);
});
