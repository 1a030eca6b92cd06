// Lines that are not as they were when the file was applied last. What was taken out is told by an
// edge where it stood; the dialog of the plan shows it.

import { Chunk } from '@codemirror/merge';
import { type Extension, StateEffect, StateField, Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

/** Longer texts are not compared with every letter. */
const LENGTH_MAX = 50_000;
/** Where texts have little in common, something near the least difference will do. */
const DIFF = { scanLimit: 500 };

const setBase = StateEffect.define<string>();

const changed = Decoration.line({ class: 'changed' });
const removed = Decoration.line({ class: 'removed' });

/** Which lines are new or another, and before which ones something is missing; from 1. */
export function changedLines(base: Text, doc: Text): { changed: number[]; removed: number[] } {
  const lines: { changed: number[]; removed: number[] } = { changed: [], removed: [] };
  for (const { fromB, toB, endB } of Chunk.build(base, doc, DIFF)) {
    const first = doc.lineAt(Math.min(fromB, doc.length)).number;
    if (fromB === toB) {
      lines.removed.push(first);
      continue;
    }
    const last = doc.lineAt(Math.min(endB, doc.length)).number;
    for (let line = first; line <= last; line += 1) lines.changed.push(line);
  }
  return lines;
}

function marksOf(base: Text | null, doc: Text): DecorationSet {
  if (base === null || doc.length > LENGTH_MAX || base.length > LENGTH_MAX) return Decoration.none;
  const lines = changedLines(base, doc);
  const at = (mark: Decoration) => (line: number) => mark.range(doc.line(line).from);
  return Decoration.set(
    [...lines.changed.map(at(changed)), ...lines.removed.map(at(removed))],
    true,
  );
}

interface Compared {
  base: Text | null;
  marks: DecorationSet;
}

const compared = StateField.define<Compared>({
  create: () => ({ base: null, marks: Decoration.none }),
  update(value, { docChanged, effects, newDoc }) {
    const effect = effects.find((it) => it.is(setBase));
    if (effect === undefined && !docChanged) return value;
    let { base } = value;
    // What was never applied has nothing to be compared with.
    if (effect?.is(setBase)) base = effect.value === '' ? null : Text.of(effect.value.split('\n'));
    return { base, marks: marksOf(base, newDoc) };
  },
  provide: (field) => EditorView.decorations.from(field, (it) => it.marks),
});

/** Says what the text is compared with; nothing if it is empty. */
export function compareWith(view: EditorView, base: string): void {
  view.dispatch({ effects: setBase.of(base) });
}

export const changes: Extension = compared;
