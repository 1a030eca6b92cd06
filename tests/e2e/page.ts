// The page object: the only place that knows how the page is built. Tests say what a person does.

import { expect, type Locator, type Page } from '@playwright/test';
import type { Snapshot } from './kubernetes.ts';

export const STATUS = [
  'desired', 'current', 'ready', 'up-to-date', 'available', 'misscheduled',
] as const;
export type Status = (typeof STATUS)[number];

type Form = 'Taint' | 'Label';

interface ApplyReply {
  ok: boolean;
  messages: unknown[];
}

/** The JavaScript API of the page, as far as tests use it. */
interface Api {
  ready: Promise<unknown>;
  apply(yaml: string): ApplyReply;
  kubectl(line: string): { code: number; stdout: string; stderr: string };
  why(node: string, daemonSet: string): { sentence: string; gates: unknown[] } | null;
  advance(seconds: number): unknown;
  settle(secondsMax: number): number;
  seek(seconds: number): unknown;
  now(): number;
  play(): unknown;
  pause(): unknown;
  setSpeed(speed: number): unknown;
  snapshot(): Snapshot;
  reset(scenario?: string, seed?: number): unknown;
}

declare global {
  interface Window {
    playground: Api;
  }
}

export class Playground {
  readonly editor: Locator;
  readonly applyButton: Locator;
  readonly toolbar: Locator;
  readonly messages: Locator;
  readonly gallery: Locator;
  readonly notice: Locator;
  /** Where commands are typed, and what they print. */
  readonly prompt: Locator;
  readonly output: Locator;

  constructor(readonly page: Page, readonly url: string) {
    this.editor = page.getByRole('textbox', { name: 'Manifest', exact: true });
    this.applyButton = page.getByRole('button', { name: 'Apply', exact: true });
    this.toolbar = page.getByRole('toolbar', { name: 'Node actions' });
    this.messages = page.getByRole('status', { name: 'Messages' });
    this.gallery = page.getByRole('dialog', { name: 'Gallery' });
    this.notice = page.getByRole('status', { name: 'Notice' });
    this.prompt = page.getByRole('textbox', { name: 'kubectl command', exact: true });
    this.output = page.getByRole('log', { name: 'Terminal output', exact: true });
  }

  /** Loads the page, waits until it works, and stops time: tests move it themselves. */
  async open(): Promise<void> {
    await this.page.goto(this.url);
    await this.page.evaluate(async () => {
      await window.playground.ready;
      window.playground.pause();
    });
    await expect(this.button('Play')).toBeVisible();
  }

  // Time.

  async advance(seconds: number): Promise<void> {
    await this.page.evaluate((it) => void window.playground.advance(it), seconds);
  }

  /** Moves time in steps and reports the workload after each: what a watcher would see. */
  async watch(daemonSet: string, seconds: number, steps: number): Promise<Snapshot[]> {
    return this.page.evaluate(
      ([name, seconds, steps]) => {
        const seen = [];
        for (let step = 0; step < steps; step += 1) {
          window.playground.advance(seconds);
          const { now, nodes, pods, daemonSets } = window.playground.snapshot();
          const own = pods.filter((pod) =>
            pod.metadata.ownerReferences?.some((it) => it.name === name),
          );
          const nothing = { nodes: nodes.slice(0, 0), controllerRevisions: [], events: [] };
          seen.push({ now, pods: own, daemonSets, ...nothing });
        }
        return seen;
      },
      [daemonSet, seconds, steps] as const,
    );
  }

  /** Runs until no workload changes any more. */
  async settle(secondsMax = 300): Promise<void> {
    await this.page.evaluate((it) => void window.playground.settle(it), secondsMax);
  }

  now(): Promise<number> {
    return this.page.evaluate(() => window.playground.now());
  }

  snapshot(): Promise<Snapshot> {
    return this.page.evaluate(() => window.playground.snapshot());
  }

  // The manifest.

  async write(yaml: string): Promise<void> {
    await this.editor.fill(yaml);
  }

  /** The text in whatever it is edited in: a long one is not all on the screen. */
  manifest(): Promise<string> {
    return this.page.locator('manifest-editor').evaluate((it) => {
      return it.querySelector('textarea')?.value ?? (it as unknown as { value: string }).value;
    });
  }

  /** Waits until the code editor has taken the place of the text area. */
  async codeEditor(): Promise<void> {
    await expect(this.page.locator('manifest-editor .cm-content')).toBeVisible();
    await expect(this.page.locator('manifest-editor textarea')).toHaveCount(0);
  }

  /** Replaces the manifest by a text from the clipboard. */
  async paste(text: string): Promise<void> {
    await this.editor.press('Control+a');
    await this.editor.evaluate((it, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData('text/plain', text);
      const options = { clipboardData, bubbles: true, cancelable: true };
      it.dispatchEvent(new ClipboardEvent('paste', options));
    }, text);
  }

  async apply(): Promise<void> {
    await this.applyButton.click();
  }

  /** Opens a manifest of the gallery with the mouse. */
  async openFromGallery(title: string): Promise<void> {
    await this.button('Gallery').click();
    await this.gallery.getByText(title, { exact: true }).click();
    await expect(this.gallery).toBeHidden();
  }

  /** Rewrites the manifest on the screen and applies it by the button. */
  async edit(rewrite: (yaml: string) => string): Promise<void> {
    const yaml = await this.manifest();
    const rewritten = rewrite(yaml);
    expect(rewritten, 'the edit changes the manifest').not.toBe(yaml);
    await this.write(rewritten);
    await this.apply();
  }

  /** What is said about the manifest, with the place it is about. */
  async expectMessage(text: RegExp, line: number): Promise<void> {
    const message = this.messages.getByRole('listitem').filter({ hasText: text }).first();
    await expect(message).toBeVisible();
    await expect(message).toHaveText(new RegExp(`line ${line}\\b.*column \\d+`, 's'));
  }

  // The cluster.

  nodes(): Locator {
    return this.page.locator('[data-node]');
  }

  node(name: string): Locator {
    return this.page.locator(`[data-node="${name}"]`);
  }

  /** All pods of a DaemonSet, or those on one node. */
  pods(owner: string, node?: string): Locator {
    const on = node === undefined ? '' : `[data-node-name="${node}"]`;
    return this.page.locator(`[data-pod][data-owner="DaemonSet/${owner}"]${on}`);
  }

  async nodeNames(): Promise<string[]> {
    const names = await this.nodes().evaluateAll((all) =>
      all.map((it) => it.getAttribute('data-node') ?? ''),
    );
    return names.sort();
  }

  async addNode(pool: string): Promise<void> {
    await this.page.getByRole('button', { name: `Add a node to ${pool}` }).first().click();
  }

  /** Adds nodes to the first pool, and waits until nothing moves. */
  async addNodes(count: number): Promise<void> {
    await this.page.keyboard.press('Shift+N');
    const dialog = this.page.getByRole('dialog', { name: 'Add nodes' });
    await dialog.getByLabel(/how many/i).fill(String(count));
    await dialog.getByRole('button', { name: /^Add/ }).click();
    await expect(dialog).toBeHidden();
    await this.settle();
  }

  /** Chooses a node; its actions are in the toolbar then. */
  async select(name: string): Promise<void> {
    const isSelected = async () => {
      const pressed = await this.node(name).getAttribute('aria-pressed');
      return (pressed ?? (await this.node(name).getAttribute('aria-selected'))) === 'true';
    };
    // Near the corner: what stands inside the card may have a click of its own.
    if (!(await isSelected())) await this.node(name).click({ position: { x: 14, y: 14 } });
    await expect.poll(isSelected, `${name} is selected`).toBe(true);
    await expect(this.toolbar).toBeVisible();
  }

  /** Moves the focus to a node's card, by keys only. */
  async walkTo(name: string): Promise<void> {
    const focused = () =>
      this.page.evaluate(() => document.activeElement?.getAttribute('data-node') ?? null);
    if ((await focused()) === null) {
      await this.page.locator('a.skip').evaluate((it) => (it as HTMLElement).focus());
      await this.page.keyboard.press('Enter');
      for (let count = 0; count < 5 && (await focused()) === null; count += 1) {
        await this.page.keyboard.press('Tab');
      }
    }
    for (const key of ['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown']) {
      for (let count = 0; count < 9; count += 1) {
        if ((await focused()) === name) return;
        await this.page.keyboard.press(key);
        // A row is walked through, then the next one.
        if (key === 'ArrowDown') {
          for (const back of ['ArrowLeft', 'ArrowRight']) {
            for (let step = 0; step < 9; step += 1) {
              if ((await focused()) === name) return;
              await this.page.keyboard.press(back);
            }
          }
        }
      }
    }
    throw new Error(`no arrow key leads to ${name}`);
  }

  async act(node: string, action: string): Promise<void> {
    await this.select(node);
    await this.toolbar.getByRole('button', { name: action, exact: true }).click();
  }

  /** Adds in the form behind Taint or Label, which closes when it is done. */
  async add(node: string, form: Form, text: string): Promise<void> {
    const field = await this.openForm(node, form);
    await field.fill(text);
    await this.button('Add').click();
    await expect(field).toBeHidden();
  }

  /** Removes a taint or a label by the key it begins with. */
  async remove(node: string, form: Form, key: string): Promise<void> {
    const field = await this.openForm(node, form);
    await this.page.getByRole('button', { name: `Remove ${key}` }).click();
    await expect(field).toBeHidden();
  }

  /** The line that equals the last gesture is on the screen. */
  async expectCommand(line: string | RegExp): Promise<void> {
    await expect(this.page.getByText(line).filter({ visible: true }).first()).toBeVisible();
  }

  async expectStatus(expected: Partial<Record<Status, number>>): Promise<void> {
    for (const [name, value] of Object.entries(expected)) {
      const number = this.page.locator(`[data-status="${name}"]`);
      await expect(number, name.toUpperCase()).toHaveText(new RegExp(`^\\s*${value}(?!\\d)`));
    }
  }

  // The drawer.

  /** Shows a tab of the drawer; on a phone its sheet. */
  async showTab(name: string): Promise<void> {
    const views = this.page.getByRole('navigation', { name: 'Views' });
    const sheet = views.getByRole('button', { name });
    const tab = this.page.getByRole('tablist', { name: 'Details' }).getByRole('tab', { name });
    await sheet.or(tab).filter({ visible: true }).click();
    await expect(this.page.getByRole('tabpanel', { name })).toBeVisible();
  }

  /** Types a line into the terminal. */
  async type(line: string): Promise<void> {
    await this.prompt.fill(line);
    await this.prompt.press('Enter');
  }

  // The transport.

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  speed(name: string): Locator {
    return this.page.getByRole('radiogroup', { name: 'Speed' }).getByRole('radio', {
      name,
      exact: true,
    });
  }

  private async openForm(node: string, form: Form): Promise<Locator> {
    const field = this.page.getByRole('textbox', { name: form, exact: true });
    await expect(field).toBeHidden();
    await this.act(node, form);
    await expect(field).toBeVisible();
    return field;
  }
}
