// Real questions about DaemonSets (`tests/questions/`, whose scenarios and answers come from the
// list of questions): each is reproduced on the page and answered by its panel Why.

import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test, expect } from './fixtures.ts';
import type { Playground } from './page.ts';

const FOLDER = fileURLToPath(new URL('../questions/', import.meta.url));
const AGENT = readFileSync(`${FOLDER}agent.yaml`, 'utf8');

interface Step {
  line: string;
  /** What stands between the marks of a here-document. */
  text: string;
  /** What must have been printed, what must not, and what on standard error. */
  printed: string[];
  absent: string[];
  complained: string[];
}

/** The commands of a transcript; `tests/questions.rs` explains its signs. */
function steps(transcript: string): Step[] {
  const all: Step[] = [];
  for (const line of transcript.split('\n')) {
    const [sign, rest] = [line.slice(0, 2), line.slice(2)];
    const last = all.at(-1);
    if (sign === '$ ') all.push({ line: rest, text: '', printed: [], absent: [], complained: [] });
    else if (sign === '= ') last!.printed.push(rest);
    else if (sign === '- ') last!.absent.push(rest);
    else if (sign === '! ') last!.complained.push(rest);
    else if (line.startsWith('>')) last!.text += `${rest}\n`;
  }
  return all;
}

const squeezed = (text: string) => text.split(/\s+/).join(' ').trim();

/** Does a step on the page; what a terminal would show of it. */
async function run(playground: Playground, step: Step): Promise<{ out: string; error: string }> {
  const applied = /^kubectl apply (?:-n \S+ )?-f (-|agent\.yaml)/.exec(step.line);
  const text = step.text.replace(/\nEND\n$/, '\n');
  const yaml = applied?.[1] === '-' ? text : AGENT;
  return playground.page.evaluate(
    ([line, yaml]) => {
      if (yaml !== null) {
        const { messages } = window.playground.apply(yaml);
        return { out: '', error: JSON.stringify(messages) };
      }
      const { stdout, stderr } = window.playground.kubectl(line);
      return { out: stdout, error: stderr };
    },
    [step.line, applied === null ? null : yaml] as const,
  );
}

/** The panel's answer about a node and a DaemonSet. */
async function panel(playground: Playground, node: string, set: string): Promise<string> {
  const choice = playground.page.getByRole('combobox', { name: 'DaemonSet', exact: true });
  if (await choice.isVisible()) await choice.selectOption(`default/${set}`);
  await playground.select(node);
  await playground.showTab('Why');
  const why = playground.page.getByRole('region', { name: 'Why', exact: true });
  return squeezed((await why.locator('.why__sentence').textContent()) ?? '');
}

for (const file of readdirSync(FOLDER).filter((it) => it.endsWith('.txt'))) {
  test(`question ${Number(file.slice(1, 3))} is answered on the page`, async ({ playground }) => {
    await playground.page.evaluate(() => {
      window.playground.kubectl('kubectl delete ds node-logger -n kube-system');
      window.playground.advance(60);
    });
    for (const step of steps(readFileSync(FOLDER + file, 'utf8'))) {
      const { out, error } = await run(playground, step);
      const isApplied = step.text !== '' || step.line.endsWith('-f agent.yaml');
      if (!isApplied) {
        for (const it of step.printed) expect.soft(squeezed(out)).toContain(squeezed(it));
        for (const it of step.complained) expect.soft(squeezed(error)).toContain(squeezed(it));
        for (const it of step.absent) {
          expect.soft(squeezed(out + error)).not.toContain(squeezed(it));
        }
      }
      const [, node, set] = /^why (\S+) (\S+)$/.exec(step.line) ?? [];
      if (node === undefined || set === undefined) continue;
      const sentence = await playground.page.evaluate(
        ([node, set]) => window.playground.why(node, set)?.sentence ?? '',
        [node, set] as const,
      );
      const isThere = (await playground.nodeNames()).includes(node);
      if (isThere) expect.soft(await panel(playground, node, set)).toContain(squeezed(sentence));
    }
  });
}
