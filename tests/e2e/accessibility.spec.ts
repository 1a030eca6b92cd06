// axe-core finds nothing to say, in both themes and on three sizes of screen; and what it cannot
// see: keys, the live region, and that nothing jumps.

import { readFileSync } from 'node:fs';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { test, expect } from './fixtures.ts';
import type { Playground } from './page.ts';

const SCREENS = [
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
  { width: 390, height: 844 },
];

/** On a phone the manifest is not on the screen at first. */
const OPENING = readFileSync(
  new URL('../../www/gallery/node-logger.yaml', import.meta.url), 'utf8',
);

async function rolling(playground: Playground): Promise<void> {
  await playground.settle();
  await playground.page.evaluate((yaml) => {
    window.playground.apply(yaml);
    window.playground.advance(14);
  }, OPENING.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
}

interface Scene {
  name: string;
  isForPhones?: boolean;
  prepare(playground: Playground): Promise<void>;
}

const SCENES: Scene[] = [
  { name: 'at the start', prepare: async () => undefined },
  { name: 'in a rollout', prepare: rolling },
  {
    name: 'with a node selected and an error in the manifest',
    isForPhones: false,
    prepare: async (playground) => {
      await rolling(playground);
      await playground.write(OPENING.replace('selector:', 'selektor:'));
      await playground.select('worker-2');
    },
  },
  {
    name: 'with the terminal in use',
    isForPhones: false,
    prepare: async (playground) => {
      await rolling(playground);
      for (const line of ['kubectl get nodes', 'kubectl get dss', 'kubectl get pods -w']) {
        await playground.type(line);
      }
      await expect(playground.button('Stop')).toBeVisible();
    },
  },
  {
    name: 'with the events',
    isForPhones: false,
    prepare: async (playground) => {
      await rolling(playground);
      await playground.showTab('Events');
    },
  },
  {
    name: 'with the list of keys',
    isForPhones: false,
    prepare: async (playground) => playground.page.keyboard.press('?'),
  },
  {
    name: 'with a form open',
    prepare: async (playground) => playground.act('gpu-2', 'Label'),
  },
  {
    name: 'with a break set and their menu open',
    prepare: async (playground) => {
      await rolling(playground);
      await playground.page.getByTitle('Pause when something becomes true').click();
      const menu = playground.page.getByRole('group', { name: 'Pause when' });
      await menu.getByRole('button', { name: 'Add' }).click();
      await expect(menu.getByRole('listitem')).toHaveCount(1);
    },
  },
  {
    name: 'with two branches compared',
    prepare: async (playground) => {
      await rolling(playground);
      await playground.page.evaluate(() => {
        window.playground.seek(5);
        window.playground.kubectl('kubectl cordon worker-2');
      });
      await playground.page.getByTitle('Branches of this history').click();
      await playground.button('Compare branch A').click();
      await expect(playground.page.getByRole('figure')).toHaveCount(2);
    },
  },
  {
    name: 'with the menu of the scenario',
    prepare: async (playground) => playground.button(/Log agent on every worker/).click(),
  },
  {
    name: 'with the gallery',
    prepare: async (playground) => {
      await playground.page.keyboard.press('g');
      await expect(playground.gallery).toContainText('Fluent Bit');
    },
  },
  {
    name: 'while nodes are looked for, with the manifest folded',
    isForPhones: false,
    prepare: async (playground) => {
      await rolling(playground);
      const { page } = playground;
      await page.getByRole('separator', { name: 'Width of the manifest' }).press('Enter');
      await page.getByRole('searchbox', { name: 'Filter nodes' }).fill('gpu');
    },
  },
  {
    name: 'with the map of a large cluster',
    prepare: async (playground) => {
      await playground.page.keyboard.press('Shift+N');
      const dialog = playground.page.getByRole('dialog', { name: 'Add nodes' });
      await dialog.getByLabel(/how many/i).fill('300');
      await dialog.getByRole('button', { name: /^Add/ }).click();
      await rolling(playground);
    },
  },
  {
    name: 'presenting',
    isForPhones: false,
    prepare: async (playground) => {
      await rolling(playground);
      await playground.page.keyboard.press('p');
    },
  },
];

/** What axe finds in either theme, each with its place. */
async function violations(page: Page): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
    for (const { id, nodes } of (await new AxeBuilder({ page }).analyze()).violations) {
      found.push(...nodes.map((it) => `${colorScheme}: ${id}: ${it.target} ${it.failureSummary}`));
    }
  }
  return found;
}

for (const viewport of SCREENS) {
  test.describe(`${viewport.width} pixels wide`, () => {
    test.use({ viewport });
    for (const scene of SCENES.filter((it) => it.isForPhones !== false || viewport.width > 700)) {
      test(`axe has nothing to say ${scene.name}`, async ({ playground, page }) => {
        await scene.prepare(playground);
        expect(await violations(page)).toEqual([]);
      });
    }
    if (viewport.width < 700) {
      for (const view of ['YAML', 'Terminal', 'Events', 'Why', 'Controller']) {
        test(`axe has nothing to say about the sheet ${view}`, async ({ playground, page }) => {
          await rolling(playground);
          const views = page.getByRole('navigation', { name: 'Views' });
          await views.getByRole('button', { name: view }).click();
          expect(await violations(page)).toEqual([]);
        });
      }
    }
  });
}

test('nothing moves after the first paint', async ({ page, server }) => {
  await page.addInitScript(() => {
    interface Shift {
      value: number;
      sources: { node?: { className?: string; nodeName: string } }[];
    }
    const shifts: [number, string][] = [];
    (window as unknown as { shifts: [number, string][] }).shifts = shifts;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as unknown as Shift[]) {
        const names = entry.sources.map((it) => it.node?.className ?? it.node?.nodeName);
        shifts.push([entry.value, names.join(', ')]);
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
  await page.goto(server.url);
  await page.evaluate(async () => {
    await window.playground.ready;
    await document.fonts.ready;
  });
  await expect(page.locator('[data-pod]').first()).toBeVisible();
  const shifts = await page.evaluate(() => {
    return (window as unknown as { shifts: [number, string][] }).shifts;
  });
  // The list of events grows at its head, however the page is laid out.
  const isNews = (names: string) => names.split(', ').every((it) => it === 'event');
  const sum = shifts.filter((it) => !isNews(it[1])).reduce((all, it) => all + it[0], 0);
  expect(sum, `cumulative layout shift: ${JSON.stringify(shifts)}`).toBeLessThan(0.01);
});

test('the live region says at most one thing in two seconds', async ({ playground, page }) => {
  await page.evaluate(() => {
    const region = document.querySelector('[role="status"][aria-live="polite"]');
    const said: number[] = [];
    (window as unknown as { said: number[] }).said = said;
    if (region === null) return;
    const options = { childList: true, characterData: true, subtree: true };
    new MutationObserver(() => said.push(performance.now())).observe(region, options);
  });
  await rolling(playground);
  await playground.speed('60×').check({ force: true });
  await playground.button('Play').click();
  await expect.poll(() => playground.now(), { timeout: 20_000 }).toBeGreaterThan(400);
  const said = await page.evaluate(() => (window as unknown as { said: number[] }).said);
  expect(said.length, 'it says something').toBeGreaterThan(0);
  said.slice(1).forEach((at, index) => expect(at - said[index]).toBeGreaterThan(1_900));
});
