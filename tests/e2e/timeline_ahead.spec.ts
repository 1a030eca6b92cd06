// What the timeline shows of what comes, and of what happened.

import { test, expect } from './fixtures.ts';
import type { Playground } from './page.ts';

const plot = (playground: Playground) =>
  playground.page.getByRole('region', { name: 'Timeline' }).locator('.plot');

/** Custom properties of what is drawn ahead, in percent: now, and up to where it is known. */
async function places(playground: Playground): Promise<{ now: number; known: number }> {
  return plot(playground).locator('[data-part="future"]').evaluate((it) => {
    const read = (name: string) =>
      Number.parseFloat((it as HTMLElement).style.getPropertyValue(name));
    return { now: read('--now'), known: read('--known') };
  });
}

test('what comes is drawn before it happens, and changes when somebody acts', async ({
  playground,
  page,
}) => {
  await playground.settle();
  const waves = plot(playground).locator('.wave');
  await expect(waves).toHaveCount(0);
  await playground.edit((yaml) => yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  const before = await playground.now();
  await expect(waves, 'every wave is seen although none has begun').toHaveCount(6);
  expect(await playground.now(), 'time stands still').toBe(before);
  const { now, known } = await places(playground);
  expect(known).toBeGreaterThan(now);
  // Half the pods at a time: fewer waves.
  await page.evaluate(() => {
    const patch = '{"spec":{"updateStrategy":{"rollingUpdate":{"maxUnavailable":3}}}}';
    window.playground.kubectl(`kubectl -n kube-system patch ds node-logger -p '${patch}'`);
  });
  await expect(waves).toHaveCount(2);
  // It happens as it was drawn.
  const shape = () => plot(playground).locator('[data-part="past"] .plot__ready').getAttribute('d');
  const seen = await shape();
  await playground.advance(5);
  expect(await shape()).toBe(seen);
  await playground.page.locator('body').press('Shift+ArrowRight');
  await expect.poll(() => playground.now(), 'to a wave that has not begun').toBeGreaterThan(
    before + 5,
  );
});

test('whoever opens the page sees at once what comes', async ({ playground }) => {
  expect(await playground.now(), 'it has just been opened').toBeLessThan(15);
  await expect.poll(async () => {
    const { now, known } = await places(playground);
    return known - now;
  }).toBeGreaterThan(20);
});

test('marks say what happened, to the pointer and to the keys', async ({ playground, page }) => {
  await playground.settle();
  await playground.addNode('Workers');
  await playground.advance(10);
  await playground.act('worker-2', 'NotReady');
  await playground.advance(60);
  const strip = page.getByRole('listbox', { name: 'What happened' });
  const marks = strip.getByRole('option');
  await expect(marks.first()).toHaveAccessibleName(/^00:\d\d Node worker-\d joined$/);
  await expect(strip.getByRole('option', { name: /worker-2 failed/ })).toHaveAttribute(
    'data-kind',
    'node-failed',
  );
  await strip.focus();
  await strip.press('Home');
  await expect(marks.first()).toHaveAttribute('aria-selected', 'true');
  const tip = page.locator('.marks__tip');
  await expect(tip).toHaveText(/joined/);
  await strip.press('ArrowRight');
  await expect(tip).toHaveText(/worker-2 failed: its kubelet stopped/);
  await strip.press('Enter');
  await expect.poll(() => playground.now()).toBeLessThan(60);
  await strip.blur();
  await expect(tip).toHaveCount(0);
  const box = await marks.first().boundingBox();
  if (box === null) throw new Error('the mark has no place');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await expect(tip).toHaveText(/joined/);
});
