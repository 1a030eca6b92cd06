// The named states of the page, and the mock-up that each is held against.

import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { Playground } from '../e2e/page.ts';

export interface Size {
  width: number;
  height: number;
}

export interface State {
  name: string;
  /** A picture in ../shared/design/screens, by theme. */
  mockUp?: { light?: string; dark?: string };
  /** Only for screens of this kind; both without it. */
  only?: 'phone' | 'desk';
  /** Brings a page there that has just been opened and is paused. */
  prepare(playground: Playground, page: Page): Promise<void>;
}

export const SIZES: Size[] = [
  { width: 1440, height: 900 },
  { width: 1920, height: 1080 },
  { width: 1280, height: 720 },
  { width: 2560, height: 1440 },
  { width: 390, height: 844 },
];

const STRATEGY = `spec:
  updateStrategy:
    type: RollingUpdate
    rollingUpdate:
      maxUnavailable: 2
`;

/** What the editor opens with; on a phone it is not on the screen. */
const OPENING = readFileSync(
  new URL('../../www/gallery/node-logger.yaml', import.meta.url), 'utf8',
);

/** The next revision, two nodes at a time. */
function upgraded(yaml: string): string {
  return yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0').replace('spec:\n', STRATEGY);
}

async function applied(page: Page, yaml: string, seconds: number): Promise<void> {
  await page.evaluate(([yaml, seconds]) => {
    window.playground.apply(yaml);
    window.playground.advance(seconds);
  }, [yaml, seconds] as const);
}

/** Into the middle of the second wave, where one pod leaves or starts. */
async function midRollout(playground: Playground, page: Page): Promise<void> {
  await playground.settle();
  await playground.advance(20);
  await applied(page, upgraded(OPENING), 14);
}

async function cordonedAndSelected(playground: Playground, page: Page): Promise<void> {
  await midRollout(playground, page);
  await page.locator('[data-node="worker-5"]').click({ position: { x: 14, y: 14 } });
  await page.getByRole('button', { name: 'Cordon', exact: true }).click();
}

async function show(page: Page, view: string): Promise<void> {
  const views = page.getByRole('navigation', { name: 'Views' });
  if (await views.isVisible()) await views.getByRole('button', { name: view }).click();
}

async function nodes(page: Page, count: number): Promise<void> {
  await page.evaluate((count) => {
    window.playground.kubectl(`node add --pool workers --count ${count - 9}`);
    window.playground.settle(300);
  }, count);
}

async function remove(page: Page, names: string[]): Promise<void> {
  for (const name of names) {
    await page.locator(`[data-node="${name}"]`).click({ position: { x: 14, y: 14 } });
    await page.getByRole('button', { name: 'Delete', exact: true }).click();
  }
}

async function form(playground: Playground, page: Page, node: string, name: string) {
  await playground.settle();
  await page.locator(`[data-node="${node}"]`).click({ position: { x: 14, y: 14 } });
  const tools = page.getByRole('toolbar', { name: 'Node actions' });
  await tools.getByRole('button', { name, exact: true }).click();
}

const MENU = 'Log agent on every worker';

/** Forms, dialogs and menus, each over the settled cluster. */
const OPENED: State[] = [
  { name: 'form-taint', prepare: (playground, page) => form(playground, page, 'gpu-2', 'Taint') },
  { name: 'form-label', prepare: (playground, page) => form(playground, page, 'gpu-2', 'Label') },
  { name: 'form-more', prepare: (playground, page) => form(playground, page, 'worker-2', 'More') },
  {
    name: 'form-drain',
    prepare: async (playground, page) => {
      await form(playground, page, 'worker-2', 'More');
      await page.getByRole('button', { name: 'Drain with options' }).click();
    },
  },
  {
    name: 'gallery',
    prepare: async (playground, page) => {
      await playground.settle();
      await page.keyboard.press('g');
      await expect(page.getByRole('dialog', { name: 'Gallery' })).toContainText('Fluent Bit');
    },
  },
  {
    name: 'dialog-nodes',
    prepare: async (playground, page) => {
      await playground.settle();
      await page.keyboard.press('Shift+N');
    },
  },
  {
    name: 'dialog-image',
    prepare: async (playground, page) => {
      await playground.settle();
      await page.getByRole('list', { name: 'Revisions' }).getByRole('button').click();
    },
  },
  {
    name: 'menu-scenario',
    prepare: async (playground, page) => {
      await playground.settle();
      await page.getByRole('button', { name: MENU }).click();
    },
  },
  {
    name: 'menu-more',
    only: 'phone',
    prepare: async (playground, page) => {
      await playground.settle();
      await page.getByRole('button', { name: 'Time and more' }).click();
    },
  },
  {
    name: 'failing',
    prepare: async (playground, page) => {
      await playground.settle();
      await applied(page, upgraded(OPENING), 2);
      await page.getByRole('list', { name: 'Revisions' }).getByRole('button').last().click();
      const dialog = page.getByRole('dialog', { name: 'What this image does' });
      await dialog.getByText('Cannot be pulled').click();
      await dialog.getByRole('button', { name: 'Set' }).click();
      await playground.advance(90);
    },
  },
];

/** Why there is no pod on a node with two taints. */
async function asked(playground: Playground, page: Page): Promise<void> {
  await playground.settle();
  await page.locator('[data-node="gpu-2"]').getByRole('button', { name: 'Why not?' }).click();
  const why = page.getByRole('region', { name: 'Why', exact: true });
  await expect(why.getByText('nvidia.com/gpu').first()).toBeVisible();
  await expect(page.getByText(/^If you insert these/).last()).toBeAttached();
}

export const STATES: State[] = [
  {
    name: 'start',
    prepare: async (playground) => playground.advance(2.5),
  },
  {
    name: 'mid-rollout',
    mockUp: { light: '01-index-light.png', dark: '02-index-dark.png' },
    prepare: midRollout,
  },
  {
    name: 'done',
    mockUp: { light: '01-index-light.png', dark: '02-index-dark.png' },
    prepare: async (playground, page) => {
      await midRollout(playground, page);
      await playground.settle();
    },
  },
  {
    name: 'looking-back',
    prepare: async (playground, page) => {
      await midRollout(playground, page);
      await playground.settle();
      await page.evaluate(() => void window.playground.seek(33));
    },
  },
  {
    name: 'pending',
    mockUp: { light: '04-plan-light.png' },
    prepare: async (playground, page) => {
      await playground.settle();
      await show(page, 'YAML');
      await playground.write(upgraded(OPENING));
      const plan = page.getByRole('region', { name: 'Plan', exact: true });
      await expect(plan).toContainText('not applied');
    },
  },
  {
    name: 'error-in-manifest',
    mockUp: { light: '01-index-light.png', dark: '02-index-dark.png' },
    prepare: async (playground, page) => {
      await midRollout(playground, page);
      await show(page, 'YAML');
      await playground.write(upgraded(OPENING).replace('selector:', 'selektor:'));
      await expect(playground.messages).toContainText('selektor');
    },
  },
  {
    name: 'node-selected',
    mockUp: { light: '01-index-light.png', dark: '02-index-dark.png' },
    prepare: cordonedAndSelected,
  },
  {
    name: 'not-ready',
    mockUp: { light: '12-anatomy-light.png' },
    prepare: async (playground, page) => {
      await playground.settle();
      await page.locator('[data-node="worker-6"]').click({ position: { x: 14, y: 14 } });
      const stop = page.getByRole('button', { name: 'NotReady', exact: true });
      if (await stop.isVisible()) await stop.click();
      await playground.advance(60);
    },
  },
  {
    name: 'nodes-5',
    prepare: async (playground, page) => {
      await playground.settle();
      await remove(page, ['worker-5', 'worker-6', 'gpu-2', 'gpu-1']);
      await playground.settle();
    },
  },
  {
    name: 'nodes-500',
    mockUp: { light: '05-map-light.png', dark: '06-map-dark.png' },
    prepare: async (playground, page) => {
      await nodes(page, 500);
      await playground.settle();
      await applied(page, upgraded(OPENING).replace('able: 2', 'able: 10%'), 60);
    },
  },
  {
    name: 'presenter',
    only: 'desk',
    mockUp: { light: '11-presenter-light.png' },
    prepare: async (playground, page) => {
      await midRollout(playground, page);
      await page.keyboard.press('p');
    },
  },
  {
    name: 'timeline-key',
    only: 'desk',
    prepare: async (playground, page) => {
      await midRollout(playground, page);
      await page.getByRole('button', { name: 'Key', exact: true }).click();
    },
  },
  {
    name: 'keys',
    only: 'desk',
    prepare: async (playground, page) => {
      await playground.settle();
      await page.keyboard.press('?');
    },
  },
  {
    name: 'sheet-yaml',
    only: 'phone',
    prepare: async (playground, page) => {
      await midRollout(playground, page);
      await show(page, 'YAML');
    },
  },
  {
    name: 'sheet-events',
    only: 'phone',
    prepare: async (playground, page) => {
      await midRollout(playground, page);
      await show(page, 'Events');
    },
  },
  {
    name: 'why',
    only: 'desk',
    mockUp: { light: '03-why-light.png' },
    prepare: async (playground, page) => asked(playground, page),
  },
  {
    name: 'sheet-why',
    only: 'phone',
    mockUp: { light: '10-mobile-why.png' },
    prepare: async (playground, page) => asked(playground, page),
  },
  {
    name: 'controller',
    only: 'desk',
    prepare: async (playground, page) => {
      await midRollout(playground, page);
      await page.getByRole('tab', { name: 'Controller' }).click();
    },
  },
  ...OPENED,
];

/** What the phone's stage is held against. */
export const PHONE_MOCK_UP = '09-mobile-stage.png';
