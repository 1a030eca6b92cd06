// Acting in the past keeps the old future as a branch, which can be looked at, named, compared and
// deleted, also after a reload.

import type { Locator } from '@playwright/test';
import { test, expect } from './fixtures.ts';
import type { Playground } from './page.ts';

async function opened(playground: Playground, name: string): Promise<Locator> {
  await playground.button(`Branch ${name}`).click();
  return playground.page.getByRole('group', { name: 'Branches' });
}

test('a branch is compared, named, shown again and deleted', async ({ playground, page }) => {
  await playground.settle();
  await expect(playground.button('Branch A'), 'there is no choice yet').toHaveCount(0);
  const then = await playground.now();
  await playground.edit((yaml) => yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  await playground.settle();
  const end = await playground.now();
  await page.evaluate((it) => void window.playground.seek(it), then);
  await playground.act('worker-2', 'Cordon');
  await playground.edit((yaml) =>
    yaml
      .replace('filebeat:8.10.0', 'filebeat:8.11.0')
      .replace('filebeat:8.11.0', 'filebeat:8.12.0')
      .replace('\nspec:\n', '\nspec:\n  updateStrategy: {rollingUpdate: {maxUnavailable: 3}}\n'),
  );
  await playground.settle();

  const menu = await opened(playground, 'B');
  await menu.getByRole('button', { name: 'Compare branch A' }).click();
  await expect(menu.getByRole('status')).toContainText(
    /Branch B finished \d+ s earlier, but fell to 3 ready; branch A never fell below 5\./,
  );
  await expect(menu.getByRole('figure')).toHaveCount(2);
  await menu.getByRole('textbox', { name: 'Name of branch A' }).fill('one by one');
  await page.keyboard.press('Enter');
  await menu.getByRole('button', { name: 'Show branch one by one' }).click();
  await expect(playground.node('worker-2')).not.toHaveAttribute('data-cordoned', 'true');
  await playground.expectCommand("branch switch 'one by one'");

  await page.reload();
  await page.evaluate(async () => void (await window.playground.ready));
  await expect(playground.node('worker-2')).not.toHaveAttribute('data-cordoned', 'true');
  await page.evaluate((it) => void window.playground.seek(it), end);
  const images = (await playground.snapshot()).pods.flatMap((pod) =>
    pod.spec.containers.map((it) => it.image),
  );
  expect(new Set(images)).toEqual(new Set(['docker.elastic.co/beats/filebeat:8.11.0']));
  const again = await opened(playground, 'one by one');
  await again.getByRole('button', { name: 'Delete branch B' }).click();
  await expect(playground.button('Branch one by one')).toHaveCount(0);
});

test('what is compared is of the instant that the clock says', async ({ playground, page }) => {
  await playground.settle();
  const then = await playground.now();
  await playground.act('worker-1', 'Cordon');
  await playground.advance(5);
  await page.evaluate((it) => void window.playground.seek(it), then);
  await playground.act('worker-2', 'Cordon');
  const menu = await opened(playground, 'B');
  await page.evaluate(() => {
    window.playground.setSpeed(60);
    window.playground.play();
  });
  const compare = menu.getByRole('button', { name: 'Compare branch A' });
  for (let times = 0; times < 5; times += 1) {
    await compare.evaluate((it: HTMLElement) => it.click());
    const [said, clock] = await page.evaluate(() =>
      ['.branches__compared figcaption', '.transport__clock'].map((it) => {
        const text = document.querySelector(it)?.textContent ?? '';
        return /\d+:\d+$/.exec(text)?.[0] ?? '';
      }),
    );
    expect(said <= clock, `${said} is no later than ${clock}`).toBe(true);
    expect(said).not.toBe('');
  }
});
