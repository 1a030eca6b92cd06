// What can become of a node, by mouse and by keyboard alone, each with the line that equals it.

import { test, expect } from './fixtures.ts';
import type { Playground } from './page.ts';
import type { Page } from '@playwright/test';

const NODE_LOGGER = 'kube-system/node-logger';

test.beforeEach(async ({ playground }) => {
  await playground.settle();
});

/** How a person gets at the actions of a node. */
interface Way {
  name: string;
  /** Presses a button of the bar. */
  act(playground: Playground, node: string, button: string): Promise<void>;
  /** Presses a button of an open form. */
  press(page: Page, button: string): Promise<void>;
}

const KEYS: Record<string, string> = {
  Taint: 'x',
  Label: 'l',
  Cordon: 'o',
  Uncordon: 'o',
  Drain: 'd',
  NotReady: 'h',
  Ready: 'h',
  Delete: 'Delete',
  More: 'm',
  'Why not?': 'w',
};

const MOUSE: Way = {
  name: 'by mouse',
  act: (playground, node, button) => playground.act(node, button),
  press: (page, button) => page.getByRole('button', { name: button, exact: true }).click(),
};

const KEYBOARD: Way = {
  name: 'by keyboard',
  async act(playground, node, button) {
    await playground.walkTo(node);
    await playground.page.keyboard.press(KEYS[button]);
  },
  async press(page, button) {
    const wanted = page.getByRole('button', { name: button, exact: true });
    await tabTo(page, wanted);
    await page.keyboard.press('Enter');
  },
};

async function tabTo(page: Page, wanted: ReturnType<Page['getByRole']>): Promise<void> {
  for (let count = 0; count < 40; count += 1) {
    if (await wanted.evaluate((it) => it === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error('Tab does not get there');
}

for (const way of [MOUSE, KEYBOARD]) {
  test(`a kubelet stops and starts ${way.name}`, async ({ playground }) => {
    await way.act(playground, 'worker-2', 'NotReady');
    await playground.expectCommand('node fail worker-2');
    const card = playground.node('worker-2');
    await expect(card).toHaveAccessibleName(/kubelet stopped/);
    await playground.advance(39);
    await expect(card).toHaveAttribute('data-ready', 'true');
    await playground.advance(8);
    await expect(card).toHaveAttribute('data-ready', 'unknown');
    await expect(card).toContainText('NotReady');
    await expect(card).toContainText('unreachable');
    // The pod stays, but nothing tolerates unreachable:NoSchedule: the node wants no pod now.
    await playground.expectStatus({ desired: 5, current: 5, ready: 5, misscheduled: 1 });

    await way.act(playground, 'worker-2', 'Ready');
    await playground.expectCommand('node recover worker-2');
    await playground.advance(15);
    await expect(card).toHaveAttribute('data-ready', 'true');
    await playground.expectStatus({ desired: 6, ready: 6 });
  });

  test(`a node is cordoned and uncordoned ${way.name}`, async ({ playground }) => {
    await way.act(playground, 'worker-1', 'Cordon');
    await playground.expectCommand('kubectl cordon worker-1');
    await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'true');
    await way.act(playground, 'worker-1', 'Uncordon');
    await playground.expectCommand('kubectl uncordon worker-1');
    await expect(playground.node('worker-1')).toHaveAttribute('data-cordoned', 'false');
  });

  test(`a node is drained ${way.name}, which its daemon pod survives`, async ({ playground }) => {
    const pod = playground.pods(NODE_LOGGER, 'worker-5');
    const name = await pod.getAttribute('data-pod');
    await way.act(playground, 'worker-5', 'Drain');
    await playground.expectCommand('kubectl drain worker-5 --ignore-daemonsets');
    await expect(playground.node('worker-5')).toHaveAttribute('data-cordoned', 'true');
    await playground.settle();
    await expect(pod).toHaveAttribute('data-pod', name ?? '');
  });

  test(`a drain that kubectl refuses says so ${way.name}, and goes on with --force`, async ({
    playground,
    page,
  }) => {
    await way.act(playground, 'worker-3', 'More');
    await page.getByRole('textbox', { name: 'cpu', exact: true }).fill('1');
    await way.press(page, 'Fill');
    await playground.expectCommand('node fill worker-3 cpu=1');
    await page.keyboard.press('Escape');
    await way.act(playground, 'worker-3', 'Drain');
    const form = page.getByRole('dialog', { name: 'Drain worker-3' });
    await expect(form).toContainText(
      'error: unable to drain node "worker-3" due to error: cannot delete cannot delete Pods ' +
        'that declare no controller (use --force to override): ' +
        'default/other-workload-worker-3, continuing command...',
    );
    await expect(form).toContainText('There are pending nodes to be drained:\n worker-3');
    await expect(playground.node('worker-3')).toHaveAttribute('data-cordoned', 'true');

    const force = form.getByRole('checkbox', { name: /--force/ });
    await tabTo(page, force);
    await page.keyboard.press(' ');
    await expect(form).toContainText(
      /Warning: .*deleting Pods that declare no controller: default\/other-workload-worker-3/,
    );
    await tabTo(page, form.getByRole('button', { name: 'Drain', exact: true }));
    await page.keyboard.press('Enter');
    await expect(form).toBeHidden();
    await playground.expectCommand('kubectl drain worker-3 --ignore-daemonsets --force');
    await playground.settle();
    const left = (await playground.snapshot()).pods.map((it) => it.metadata.name);
    expect(left).not.toContain('other-workload-worker-3');
  });

  test(`a node runs short of disk ${way.name}, and its pod is evicted`, async ({
    playground,
    page,
  }) => {
    await way.act(playground, 'worker-4', 'More');
    await way.press(page, 'DiskPressure');
    await playground.expectCommand('node pressure worker-4 disk=on');
    await playground.advance(15);
    await expect(playground.node('worker-4')).toContainText('DiskPressure');
    const events = (await playground.snapshot()).events.map((it) => it.reason);
    expect(events).toContain('NodeHasDiskPressure');
    await way.press(page, 'DiskPressure');
    await playground.expectCommand('node pressure worker-4 disk=off');
    // The kubelet lifts the condition five minutes after the shortage, and the controller waits
    // longer after each pod that failed, at most a quarter of an hour.
    await playground.advance(1300);
    await expect(playground.node('worker-4')).not.toContainText('DiskPressure');
    const ready = playground.node('worker-4').locator('[data-pod][data-state="ready"]');
    await expect(ready).toHaveCount(1);
  });

  test(`a full node leaves no room for its pod ${way.name}`, async ({ playground, page }) => {
    await way.act(playground, 'worker-6', 'More');
    await page.getByRole('textbox', { name: 'cpu', exact: true }).fill('8');
    await way.press(page, 'Fill');
    await playground.expectCommand('node fill worker-6 cpu=8');
    await way.press(page, 'Free');
    await playground.expectCommand('node free worker-6');
  });

  test(`an image crashes ${way.name}, and is repaired`, async ({ playground, page }) => {
    await way.act(playground, 'worker-1', 'More');
    const more = page.getByRole('dialog', { name: 'More for worker-1' });
    const image = more.locator('button:has(code)');
    if (way === MOUSE) await image.first().click();
    else {
      await tabTo(page, image.first());
      await page.keyboard.press('Enter');
    }
    const dialog = page.getByRole('dialog', { name: 'What this image does' });
    await expect(dialog).toBeVisible();
    const crashes = dialog.getByRole('radio', { name: /^Crashes/ });
    if (way === MOUSE) await crashes.check();
    else {
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await expect(crashes).toBeChecked();
    }
    await dialog.getByRole('textbox', { name: 'Exit code' }).fill('137');
    await expect(dialog).toContainText(/image \S+ crashes after=2s exit-code=137/);
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await playground.expectCommand(/image \S+ crashes after=2s exit-code=137/);
    await playground.act('worker-1', 'Delete');
    await playground.addNode('Workers');
    await playground.advance(60);
    await expect(playground.pods(NODE_LOGGER, 'worker-7')).toHaveAttribute('data-state', 'failed');
    await expect(playground.node('worker-7')).toContainText(/CrashLoopBackOff|Error/);
  });

  test(`a node without a pod says why ${way.name}`, async ({ playground, page }) => {
    await way.act(playground, 'gpu-1', 'Why not?');
    const why = page.getByRole('region', { name: 'Why', exact: true });
    await expect(why).toContainText(
      'gpu-1 has no pod: the taint dedicated=gpu:NoSchedule is not tolerated.',
    );
    await way.press(page, 'kubectl taint node gpu-1 dedicated-');
    await playground.expectCommand('kubectl taint nodes gpu-1 dedicated-');
    await playground.settle();
    await expect(why).toContainText('every check passes');
    await expect(playground.pods(NODE_LOGGER, 'gpu-1')).toHaveAttribute('data-state', 'ready');
  });

  test(`a node is deleted ${way.name}: a ghost keeps its pod until it is collected`, async ({
    playground,
    page,
  }) => {
    await way.act(playground, 'worker-6', 'Delete');
    await playground.expectCommand('kubectl delete node worker-6');
    await expect(playground.node('worker-6')).toHaveCount(0);
    const ghost = page.locator('[data-ghost-node="worker-6"]');
    await expect(ghost).toHaveAccessibleName(/^worker-6, deleted/);
    await expect(ghost.locator('[data-pod]')).toHaveCount(1);
    await playground.advance(120);
    await expect(ghost).toHaveCount(0);
  });

  test(`many nodes join ${way.name}, under names that are free`, async ({ playground, page }) => {
    if (way === MOUSE) await playground.button('Many').click();
    else await page.keyboard.press('Shift+N');
    const dialog = page.getByRole('dialog', { name: 'Add nodes' });
    await dialog.getByRole('textbox', { name: 'How many' }).fill('3');
    await dialog.getByRole('textbox', { name: /^Name/ }).fill('edge-#');
    await dialog.getByRole('textbox', { name: 'Labels' }).fill('role=edge');
    await dialog.getByRole('textbox', { name: 'Taints' }).fill('spot:Sometimes');
    await expect(dialog.getByRole('alert')).toContainText('invalid taint effect: Sometimes');
    await dialog.getByRole('textbox', { name: 'Taints' }).fill('spot:PreferNoSchedule');
    const line =
      'node add edge-# --pool workers --count 3 --labels role=edge --taints spot:PreferNoSchedule';
    await expect(dialog).toContainText(line);
    await page.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await playground.expectCommand(line);
    await expect(playground.node('edge-3')).toBeVisible();
    await playground.settle();
    await playground.expectStatus({ desired: 9, ready: 9 });
  });
}

test('pods that no node takes stand in a tray with the reason', async ({ playground, page }) => {
  const tray = page.getByRole('region', { name: 'Unscheduled pods' });
  await expect(tray).toBeHidden();
  await page.evaluate(() =>
    window.playground.apply(
      'apiVersion: v1\nkind: Pod\nmetadata: {name: big}\n' +
        'spec: {containers: [{name: a, image: "x:1", resources: {requests: {cpu: 500}}}]}\n',
    ),
  );
  await playground.advance(5);
  await expect(tray).toContainText('0/9 nodes are available: ');
  await expect(tray.locator('[data-pod="big"]')).toHaveAttribute('data-state', 'pending');
});

test('the keys of a node are listed', async ({ page }) => {
  await page.keyboard.press('?');
  const dialog = page.getByRole('dialog', { name: 'Keyboard' });
  for (const text of ['Drain it', 'Delete it', 'Add many', 'Why it has a pod, or none']) {
    await expect(dialog).toContainText(text);
  }
  // By what they are about, and in sight as a whole.
  const titles = ['Time', 'Manifest', 'Nodes', 'The selected node', 'Panels'];
  await expect(dialog.getByRole('heading', { level: 3 })).toHaveText(titles);
  // What is held at once, what does the same, and what comes after.
  for (const keys of ['Shift + N', '← or →', 'Esc then Tab', '1 to 5']) {
    await expect(dialog.getByRole('term').filter({ hasText: keys }).first()).toBeVisible();
  }
  await page.setViewportSize({ width: 1280, height: 720 });
  const isCut = await dialog.evaluate((it) => it.scrollHeight > it.clientHeight);
  expect(isCut, 'nothing is to be scrolled').toBe(false);
});

test('the ways to add a node stand in one row, also in a narrow card', async ({ page }) => {
  for (const [width, height] of [[1280, 720], [1440, 900]] as const) {
    await page.setViewportSize({ width, height });
    const buttons = page.locator('.add-card__choices .button');
    await expect(buttons).toHaveCount(3);
    const tops = await buttons.evaluateAll((all) => all.map((it) => it.getBoundingClientRect().y));
    expect(new Set(tops).size, `${width} pixels wide`).toBe(1);
    await page.getByRole('button', { name: 'Add a node to Workers' }).click();
  }
});

test('what a button would do stands there before it is pressed', async ({ page }) => {
  const shown = page.locator('.actions .command[data-preview="true"] .command__line');
  const cases: [string, string][] = [
    ['Add a node to Workers', 'node add --pool workers'],
    ['Apply', 'kubectl apply -f manifest.yaml'],
    ['Delete DaemonSet', 'kubectl -n kube-system delete daemonset node-logger'],
  ];
  for (const [name, line] of cases) {
    const button = page.getByRole('button', { name, exact: true });
    await button.hover();
    await expect(shown, `${name}, pointed at`).toContainText(line);
    await page.mouse.move(0, 0);
    await expect(shown, `${name}, left`).toHaveCount(0);
    await button.focus();
    await expect(shown, `${name}, with the focus`).toContainText(line);
    await button.blur();
    await expect(shown).toHaveCount(0);
  }
  await page.getByRole('button', { name: 'Delete DaemonSet', exact: true }).click();
  await expect(page.locator('.actions .command__line')).toContainText(cases[2][1]);
  await expect(shown, 'what was done is no preview').toHaveCount(0);
});
