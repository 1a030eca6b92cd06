// What a first visit loads: the cluster moves before the second part of the module is there, and
// whoever is faster than that part does not notice.

import type { Page, Route } from '@playwright/test';
import { test, expect } from './fixtures.ts';
import { WORKERS } from './kubernetes.ts';

const NODE_LOGGER = '[data-pod][data-owner="DaemonSet/kube-system/node-logger"]';
const LATER = /\/later-[0-9a-f]+\.wasm$/;

/** Keeps the second part back until the test lets it go. */
async function keepLaterBack(page: Page): Promise<{ asked: Promise<void>; letGo(): void }> {
  let ask = () => {};
  let letGo = () => {};
  const asked = new Promise<void>((resolve) => (ask = resolve));
  const gone = new Promise<void>((resolve) => (letGo = resolve));
  await page.route(LATER, async (route: Route) => {
    ask();
    await gone;
    await route.continue();
  });
  return { asked, letGo };
}

const CARDS = ['Workers', 'worker-1', 'worker-6', 'gpu-2'];
const VIEWS = [
  {
    name: 'a wide screen',
    width: 1440,
    height: 900,
    scheme: 'light',
    words: ['DESIRED', 'MISSCHEDULED', '60×', ...CARDS],
  },
  {
    name: 'a phone',
    width: 390,
    height: 844,
    scheme: 'dark',
    words: ['READY', 'UP-TO-DATE', ...CARDS],
  },
] as const;

for (const { name, width, height, scheme, words } of VIEWS) {
  test(`on ${name} all pods become ready without the second part`, async ({ page, server }) => {
    const later = await keepLaterBack(page);
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(server.url);
    await later.asked;
    const ready = page.locator(`${NODE_LOGGER}[data-state="ready"]`);
    await expect(ready).toHaveCount(WORKERS.length, { timeout: 40_000 });
    // A text that had gone with the second part would be noughts.
    const text = await page.locator('body').innerText();
    expect(text).not.toContain('\0');
    for (const word of words) expect(text).toContain(word);
    // Nor is it compared with noughts: labels that everybody knows are left out.
    const labels = page.locator('.node__labels[title]');
    const titles = await labels.evaluateAll((all) => all.map((it) => it.getAttribute('title')));
    expect(titles.length).toBeGreaterThan(WORKERS.length);
    expect(titles.join(' ')).not.toContain('kubernetes.io/');
    later.letGo();
    const times = () =>
      page.evaluate(() => {
        const resources = performance.getEntriesByType('resource');
        const request = resources.find((it) => /\/later-/.test(it.name));
        return [performance.getEntriesByType('paint')[0].startTime, request?.startTime ?? 0];
      });
    await expect.poll(async () => (await times())[1]).toBeGreaterThan(0);
    const [paint, request] = await times();
    expect(request, 'it is asked for after the first paint').toBeGreaterThan(paint);
  });
}

for (const { name, width, height, scheme, words } of VIEWS) {
  test(`on ${name} the frame before the page stands where the page will`, async ({
    page,
    server,
  }) => {
    let letGo = () => {};
    const gone = new Promise<void>((resolve) => (letGo = resolve));
    await page.route(/_bg\.wasm$/, async (route) => {
      await gone;
      await route.continue();
    });
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: scheme });
    await page.goto(server.url, { waitUntil: 'domcontentloaded' });
    await page.evaluate(() => document.fonts.ready);
    const boxes = () =>
      Promise.all(words.map((it) => page.getByText(it, { exact: true }).first().boundingBox()));
    const before = await boxes();
    expect(await page.evaluate(() => window.playground.ready instanceof Promise)).toBe(true);
    letGo();
    await expect(page.locator('[data-pod]').first()).toBeAttached();
    const after = await boxes();
    for (const [index, word] of words.entries()) {
      const [from, to] = [before[index], after[index]];
      expect(from, `${word} in the frame`).not.toBeNull();
      expect(Math.abs(from!.x - to!.x), `${word} sideways`).toBeLessThan(1);
      expect(Math.abs(from!.y - to!.y), `${word} up or down`).toBeLessThan(1);
    }
  });
}

test('what needs the second part before it is there waits for it', async ({ page, server }) => {
  // The request in good time is lost; the one at once is answered.
  let requests = 0;
  await page.route(LATER, (route) => {
    requests += 1;
    const isXhr = route.request().resourceType() === 'xhr';
    return isXhr ? route.continue() : new Promise<void>(() => {});
  });
  await page.goto(server.url);
  const reply = await page.evaluate(async () => {
    await window.playground.ready;
    window.playground.pause();
    return window.playground.apply('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, x: 1}\n');
  });
  expect(reply.messages, 'an unknown field is reported').not.toEqual([]);
  const snapshot = await page.evaluate(() => window.playground.snapshot());
  expect(snapshot.nodes.length).toBeGreaterThan(WORKERS.length);
  expect(requests).toBeGreaterThan(0);
});
