// The terminal: typing, history, completion, commands that wait, links, and what buttons do.

import { test, expect } from './fixtures.ts';

const ROLLED = 'daemon set "node-logger" successfully rolled out';

test.beforeEach(async ({ playground }) => {
  await playground.settle();
});

test('T opens the terminal, a line prints what kubectl prints', async ({ playground, page }) => {
  await playground.showTab('Events');
  await page.locator('body').press('t');
  await expect(playground.prompt).toBeFocused();
  await page.keyboard.type('kubectl -n kube-system get ds');
  await page.keyboard.press('Enter');
  await expect(playground.prompt).toHaveValue('');
  await expect(playground.output).toContainText(/NAME +DESIRED +CURRENT +READY/);
  await expect(playground.output).toContainText(/node-logger +6 +6 +6/);
  await playground.type('kubectl get dss');
  await expect(playground.output).toContainText(
    'error: the server doesn\'t have a resource type "dss"',
  );
});

test('what a button did stands there with what kubectl prints to it', async ({
  playground,
  page,
}) => {
  await playground.select('worker-1');
  await playground.toolbar.getByRole('button', { name: 'Cordon', exact: true }).click();
  await playground.showTab('Terminal');
  const cordoned = /kubectl cordon worker-1\s*node\/worker-1 cordoned/;
  await expect(playground.output).toContainText(cordoned);
  const yaml = await playground.manifest();
  await playground.write(yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  await playground.apply();
  await expect(playground.output).toContainText(
    /kubectl apply -f manifest.yaml\s*daemonset.apps\/node-logger configured/,
  );
});

test('the end of what was printed is in sight', async ({ playground }) => {
  // More with each line than there is room for.
  for (const line of ['kubectl get nodes', 'kubectl get pods -A', 'kubectl describe node cp-1']) {
    await playground.type(line);
    const below = () =>
      playground.output.evaluate((it) => it.scrollHeight - it.clientHeight - it.scrollTop);
    await expect.poll(below, line).toBeLessThan(2);
  }
});

test('commands of the playground are not written as kubectl is', async ({ playground, page }) => {
  await playground.select('worker-1');
  const line = page.locator('.terminal__line .command__line').last();
  await playground.toolbar.getByRole('button', { name: 'NotReady', exact: true }).click();
  await playground.showTab('Terminal');
  await expect(line).toHaveText('» node fail worker-1');
  await playground.type('kubectl get nodes');
  await expect(line).toHaveText('$ kubectl get nodes');
  await playground.type('image');
  await expect(line).toHaveText('» image');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Add a node to Workers' }).hover();
  await expect(page.locator('.actions .command__line')).toHaveText('» node add --pool workers');
});

test('the tabs of the drawer are walked by arrow keys', async ({ playground, page }) => {
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  await tab('Terminal').focus();
  await page.keyboard.press('ArrowRight');
  await expect(tab('Events')).toBeFocused();
  await expect(tab('Events')).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Home');
  await expect(tab('Terminal')).toBeFocused();
  await expect(playground.prompt).toBeVisible();
});

test('what was typed comes back by arrow keys and by search', async ({ playground, page }) => {
  for (const line of ['kubectl get nodes', 'kubectl cordon worker-1', 'kubectl get ds -A']) {
    await playground.type(line);
  }
  await playground.prompt.press('ArrowUp');
  await expect(playground.prompt).toHaveValue('kubectl get ds -A');
  await playground.prompt.press('ArrowUp');
  await expect(playground.prompt).toHaveValue('kubectl cordon worker-1');
  await playground.prompt.press('ArrowDown');
  await playground.prompt.press('ArrowDown');
  await expect(playground.prompt).toHaveValue('');
  await playground.prompt.press('Control+r');
  await page.keyboard.type('cord');
  await expect(playground.prompt).toHaveValue('kubectl cordon worker-1');
  await playground.prompt.press('Enter');
  await expect(playground.output).toContainText('node/worker-1 already cordoned');
});

test('Tab completes and lists, and after Escape it leaves', async ({ playground, page }) => {
  await playground.prompt.focus();
  await page.keyboard.type('kubec');
  await page.keyboard.press('Tab');
  await expect(playground.prompt).toHaveValue('kubectl ');
  await page.keyboard.type('-n kube-s');
  await page.keyboard.press('Tab');
  await page.keyboard.type('rollout st');
  await page.keyboard.press('Tab');
  await page.keyboard.type('ds/no');
  await page.keyboard.press('Tab');
  await expect(playground.prompt).toHaveValue(
    'kubectl -n kube-system rollout status ds/node-logger ',
  );
  await playground.prompt.fill('kubectl drain wor');
  await page.keyboard.press('Tab');
  await expect(playground.prompt).toHaveValue('kubectl drain worker-');
  await page.keyboard.press('Tab');
  await expect(playground.output).toContainText('worker-1 worker-2');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Tab');
  await expect(playground.prompt).not.toBeFocused();
});

test('a rollout is waited for while time flows', async ({ playground, page }) => {
  await playground.type('kubectl -n kube-system rollout restart ds/node-logger');
  await playground.type('kubectl -n kube-system rollout status ds/node-logger && echo done');
  await expect(playground.output).toContainText('Waiting for daemon set');
  await expect(playground.output).toContainText('time is paused: press Play');
  await expect(playground.output).not.toContainText(ROLLED);
  await page.evaluate(() => window.playground.advance(600));
  await expect(playground.output).toContainText(ROLLED);
  await expect(playground.output.locator('pre').last()).toHaveText(/done$/);
  await expect(playground.button('Stop')).toBeHidden();
});

test('Ctrl-C ends a watch, and so does going back in time', async ({ playground, page }) => {
  await playground.type('kubectl get pods -A -w | grep node-logger');
  await expect(playground.button('Stop')).toBeVisible();
  const line = 'kubectl -n kube-system delete pods --all --wait=false';
  await page.evaluate((line) => window.playground.kubectl(line), line);
  await page.evaluate(() => window.playground.advance(30));
  await expect(playground.output).toContainText('Terminating');
  await playground.prompt.press('Control+c');
  await expect(playground.output).toContainText('^C');
  await expect(playground.button('Stop')).toBeHidden();
  await playground.type('kubectl get nodes -w');
  await expect(playground.button('Stop')).toBeVisible();
  await page.evaluate(() => window.playground.seek(1));
  await expect(playground.output).toContainText('somebody went to another time');
  await expect(playground.button('Stop')).toBeHidden();
});

test('what a button does stands there as the line it equals', async ({ playground, page }) => {
  await playground.act('worker-2', 'Cordon');
  const line = playground.output.getByText('kubectl cordon worker-2');
  await expect(line).toBeVisible();
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await line.hover();
  await playground.output.getByRole('button', { name: 'Copy command' }).last().click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toBe('kubectl cordon worker-2');
});

test('the name of a node in the output selects it', async ({ playground, page }) => {
  await playground.type('kubectl get nodes');
  await playground.output.getByRole('link', { name: 'worker-3', exact: true }).click();
  await expect(playground.node('worker-3')).toHaveAttribute('aria-selected', 'true');
  await expect(page).toHaveURL(/\/$/);
});

test('the name of a node that is gone is no link, until it is back', async ({
  playground,
  page,
}) => {
  await playground.type('kubectl get nodes');
  const link = (name: string) => playground.output.getByRole('link', { name, exact: true });
  await expect(link('gpu-2')).toHaveCount(1);
  const before = await page.evaluate(() => window.playground.now());
  await playground.advance(1);
  await playground.type('kubectl delete node gpu-2');
  await expect(playground.output).toContainText('node "gpu-2" deleted');
  await expect(link('gpu-2')).toHaveCount(0);
  await expect(link('gpu-1')).toHaveCount(1);
  await page.evaluate((before) => void window.playground.seek(before), before);
  await expect(link('gpu-2')).toHaveCount(1);
});

test('pasted lines run one after another, with what they carry', async ({ playground, page }) => {
  await playground.prompt.focus();
  await playground.prompt.evaluate((it) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', [
      '# a namespace first',
      'kubectl create namespace \\',
      '  team-a',
      'kubectl apply -f - <<EOF',
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata: {name: settings, namespace: team-a}',
      'EOF',
      'kubectl get cm -n team-a -o name',
      '',
    ].join('\n'));
    const options = { clipboardData, bubbles: true, cancelable: true };
    it.dispatchEvent(new ClipboardEvent('paste', options));
  });
  await expect(playground.output).toContainText('namespace/team-a created');
  await expect(playground.output).toContainText('configmap/settings created');
  await expect(playground.output.locator('pre').last()).toHaveText('configmap/settings');
  expect(await page.evaluate(() => window.playground.now())).toBeGreaterThan(0);
});

test('a line is dragged in, from a text or from a link', async ({ playground, page }) => {
  const drop = (data: Record<string, string>) => playground.prompt.evaluate((it, data) => {
    const dataTransfer = new DataTransfer();
    for (const [kind, text] of Object.entries(data)) dataTransfer.setData(kind, text);
    const options = { dataTransfer, bubbles: true, cancelable: true };
    it.dispatchEvent(new DragEvent('drop', options));
  }, data);
  await drop({ 'text/plain': '$ kubectl get ds -A\n' });
  await expect(playground.prompt).toHaveValue('kubectl get ds -A');
  await expect(playground.prompt).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(playground.output).toContainText(/node-logger +6 +6 +6/);
  await drop({
    'text/uri-list': 'https://example.com/lesson#3',
    'text/plain': 'https://example.com/lesson#3',
    'text/html': '<a href="https://example.com/lesson#3"><code>kubectl get no &gt; n</code></a>',
  });
  await expect(playground.prompt).toHaveValue('kubectl get no > n');
});

test('addresses of tutorials are answered, nothing is fetched', async ({ playground, page }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await playground.type('kubectl apply -f https://k8s.io/examples/controllers/daemonset.yaml');
  await expect(playground.output).toContainText('(nothing is fetched: for daemonset.yaml');
  await expect(playground.output).toContainText('daemonset.apps/fluentd-elasticsearch created');
  await playground.settle();
  await expect(page.locator('[data-owner="DaemonSet/kube-system/fluentd-elasticsearch"]').first())
    .toBeVisible();
  await playground.type('curl -LO https://k8s.io/examples/controllers/fluentd-daemonset.yaml');
  await expect(page.getByRole('tab', { name: /^fluentd-daemonset\.yaml/ })).toBeVisible();
  expect(asked.filter((it) => it.includes('k8s.io'))).toEqual([]);
});

test('files are those of the editor, and an object opens there', async ({ playground, page }) => {
  await playground.type('kubectl -n kube-system get ds node-logger -o yaml > copy.yaml');
  await expect(page.getByRole('tab', { name: /^copy\.yaml/ })).toBeVisible();
  await playground.type('kubectl diff -f manifest.yaml && echo same');
  await expect(playground.output.locator('pre').last()).toHaveText('same');
  await playground.type('kubectl -n kube-system edit ds node-logger');
  await expect(page.getByRole('tab', { name: /^node-logger\.yaml/ })).toBeVisible();
  await playground.codeEditor();
  const yaml = await playground.manifest();
  await playground.paste(yaml.replace('filebeat:8.10.0', 'filebeat:8.11.0'));
  await playground.apply();
  await expect(playground.output).toContainText(
    'kubectl edit daemonsets.apps node-logger -n kube-system',
  );
  const { daemonSets } = await playground.snapshot();
  expect(JSON.stringify(daemonSets)).toContain('filebeat:8.11.0');
});

test('a reload brings what was typed and what came of it', async ({ playground, page }) => {
  await playground.type('kubectl taint nodes worker-4 team=a:NoExecute');
  await expect(playground.output).toContainText('node/worker-4 tainted');
  await page.evaluate(() => window.playground.advance(60));
  const before = await playground.snapshot();
  await playground.open();
  const after = await playground.snapshot();
  expect(after.nodes).toEqual(before.nodes);
  await expect(playground.output).toContainText('kubectl taint nodes worker-4 team=a:NoExecute');
});

test('thousands of lines leave the page quick, the oldest go', async ({ playground }) => {
  await playground.type('node add --pool workers --count 400');
  await playground.settle();
  for (let count = 0; count < 8; count += 1) await playground.type('kubectl get pods,nodes -A');
  await expect(playground.output).toContainText(/[\d,]+ older lines are no longer kept/);
  expect(await playground.output.locator('pre').count()).toBeLessThan(400);
  await playground.type('clear');
  await expect(playground.output).not.toContainText('worker-1');
});

test('scripts run lines and ask why', async ({ playground, page }) => {
  const listed = await page.evaluate(() => window.playground.kubectl('kubectl get nodes -o name'));
  expect(listed.code).toBe(0);
  expect(listed.stdout).toContain('node/worker-1\n');
  const line = 'kubectl -n kube-system rollout restart ds/node-logger && ' +
    'kubectl -n kube-system rollout status ds/node-logger';
  const rolled = await page.evaluate((line) => window.playground.kubectl(line), line);
  expect(rolled.stdout).toContain(ROLLED);
  await expect(playground.output).toContainText(ROLLED);
  const failed = await page.evaluate(() => window.playground.kubectl('kubectl get node nope'));
  expect(failed).toEqual({
    code: 1, stdout: '', stderr: 'Error from server (NotFound): nodes "nope" not found\n',
  });
  const why = await page.evaluate(() => window.playground.why('gpu-1', 'node-logger'));
  expect(why?.sentence).toMatch(/gpu-1/);
  expect(await page.evaluate(() => window.playground.why('gpu-1', 'nope'))).toBeNull();
});

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

  test('the terminal is a sheet', async ({ playground, page }) => {
    await expect(playground.prompt).toBeHidden();
    await playground.showTab('Terminal');
    await playground.type('kubectl get nodes');
    await expect(playground.output).toContainText('worker-1');
    const box = await playground.prompt.boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(44);
    await page.getByRole('button', { name: 'Close the sheet' }).filter({ visible: true }).click();
    await expect(playground.prompt).toBeHidden();
  });
});
