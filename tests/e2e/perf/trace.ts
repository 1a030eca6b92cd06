// What Chromium's own trace says about the main thread of the page, frame by frame.

import type { CDPSession } from '@playwright/test';

interface Entry {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  /** Microseconds. */
  ts: number;
  dur?: number;
  /** Microseconds that the processor spent in this thread: what others do meanwhile is left out. */
  tdur?: number;
  args?: { name?: string };
}

/** What one frame cost, in milliseconds. */
export interface Frame {
  scripting: number;
  work: number;
}

const CATEGORIES = [
  '__metadata', 'toplevel', 'devtools.timeline', 'disabled-by-default-devtools.timeline', 'v8',
];

/** Everything that runs the page's code or cleans up after it. */
const SCRIPTING = [
  'FunctionCall', 'FireAnimationFrame', 'EvaluateScript', 'EventDispatch', 'TimerFire',
  'RunMicrotasks', 'v8.callFunction', 'MajorGC', 'MinorGC', 'V8.GCScavenger',
];

/** Traces while `act` runs, and returns the frames of it. */
export async function traced(cdp: CDPSession, act: () => Promise<void>): Promise<Frame[]> {
  return frames(await entriesOf(cdp, act));
}

/** Traces while `act` runs, and returns what each task of the main thread cost, in milliseconds. */
export async function tasksOf(cdp: CDPSession, act: () => Promise<void>): Promise<number[]> {
  const entries = await entriesOf(cdp, act);
  const main = entries.find((it) => it.name === 'EventDispatch');
  if (main === undefined) throw new Error('nothing happened on the page');
  const own = entries.filter((it) => it.pid === main.pid && it.tid === main.tid && it.ph === 'X');
  const tasks = outermost(own.filter((it) => it.name.endsWith('RunTask')));
  return tasks.map((it) => (it.tdur ?? it.dur ?? 0) / 1000);
}

async function entriesOf(cdp: CDPSession, act: () => Promise<void>): Promise<Entry[]> {
  const entries: Entry[] = [];
  const collect = ({ value }: { value: unknown[] }) => void entries.push(...(value as Entry[]));
  cdp.on('Tracing.dataCollected', collect);
  await cdp.send('Tracing.start', {
    transferMode: 'ReportEvents',
    traceConfig: { includedCategories: CATEGORIES, recordMode: 'recordAsMuchAsPossible' },
  });
  await act();
  const complete = new Promise((resolve) => cdp.once('Tracing.tracingComplete', resolve));
  await cdp.send('Tracing.end');
  await complete;
  cdp.off('Tracing.dataCollected', collect);
  return entries;
}

/** A frame lasts from one call of `requestAnimationFrame`'s functions to the next. */
function frames(entries: Entry[]): Frame[] {
  const calls = entries.filter((it) => it.name === 'FireAnimationFrame');
  const main = calls[0];
  if (main === undefined) return [];
  const own = entries.filter((it) => it.pid === main.pid && it.tid === main.tid && it.ph === 'X');
  const tasks = outermost(own.filter((it) => it.name.endsWith('RunTask')));
  const scripts = outermost(own.filter((it) => SCRIPTING.includes(it.name)));
  const starts = [...new Set(calls.map((it) => task(tasks, it.ts)))].sort((a, b) => a - b);
  return starts.slice(1).map((end, index) => {
    const start = starts[index]!;
    const cost = (all: Entry[]) =>
      all
        .filter((it) => start <= it.ts && it.ts < end)
        .reduce((sum, it) => sum + (it.tdur ?? it.dur ?? 0) / 1000, 0);
    return { scripting: cost(scripts), work: cost(tasks) };
  });
}

/** When the task began in which something happened. */
function task(tasks: Entry[], at: number): number {
  const around = tasks.find((it) => it.ts <= at && at < it.ts + (it.dur ?? 0));
  return around?.ts ?? at;
}

function outermost(entries: Entry[]): Entry[] {
  const sorted = [...entries].sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  let end = 0;
  return sorted.filter((it) => {
    if (it.ts < end) return false;
    end = it.ts + (it.dur ?? 0);
    return true;
  });
}

/** The value that so many per cent do not exceed. */
export function percentile(values: number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const index = Math.ceil((percent / 100) * sorted.length) - 1;
  return sorted[Math.max(index, 0)] ?? Number.NaN;
}

export const median = (values: number[]): number => percentile(values, 50);
