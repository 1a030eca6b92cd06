// Lines that are not as they were when the file was applied last. What was taken out is told by an
// edge where it stood; the dialog of the plan shows it.

import { Chunk } from '@codemirror/merge';
import { type ChangeDesc, type Extension, StateEffect, StateField, Text } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

/** Longer texts are not compared with every letter. */
const LENGTH_MAX = 50_000;
/** Where texts have little in common, something near the least difference will do. */
const DIFF = { scanLimit: 100 };

const setBase = StateEffect.define<string>();

const changed = Decoration.line({ class: 'changed' });
const removed = Decoration.line({ class: 'removed' });

/** Where two texts differ. */
export function chunksOf(base: Text, doc: Text): readonly Chunk[] {
  return Chunk.build(base, doc, DIFF);
}

/** The same after `doc` has become another; only what was touched is compared again. */
export function chunksAfter(
  chunks: readonly Chunk[],
  base: Text,
  doc: Text,
  changes: ChangeDesc,
): readonly Chunk[] {
  return Chunk.updateB(chunks, base, doc, changes, DIFF);
}

/** Which lines are new or another, and before which ones something is missing; from 1. */
export function linesOf(
  chunks: readonly Chunk[],
  doc: Text,
): { changed: number[]; removed: number[] } {
  const lines: { changed: number[]; removed: number[] } = { changed: [], removed: [] };
  for (const { fromB, toB, endB } of chunks) {
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

function marksOf(chunks: readonly Chunk[], doc: Text): DecorationSet {
  const lines = linesOf(chunks, doc);
  const at = (mark: Decoration) => (line: number) => mark.range(doc.line(line).from);
  return Decoration.set(
    [...lines.changed.map(at(changed)), ...lines.removed.map(at(removed))],
    true,
  );
}

interface Compared {
  base: Text | null;
  /** `null` where nothing is compared. */
  chunks: readonly Chunk[] | null;
  marks: DecorationSet;
}

const compared = StateField.define<Compared>({
  create: () => ({ base: null, chunks: null, marks: Decoration.none }),
  update(value, { docChanged, effects, newDoc, changes }) {
    const effect = effects.find((it) => it.is(setBase));
    if (effect === undefined && !docChanged) return value;
    let { base, chunks } = value;
    if (effect !== undefined) {
      // What was never applied has nothing to be compared with.
      base = effect.value === '' ? null : Text.of(effect.value.split('\n'));
      chunks = null;
    }
    if (base === null || newDoc.length > LENGTH_MAX || base.length > LENGTH_MAX) {
      return { base, chunks: null, marks: Decoration.none };
    }
    chunks = chunks === null ? chunksOf(base, newDoc) : chunksAfter(chunks, base, newDoc, changes);
    return { base, chunks, marks: marksOf(chunks, newDoc) };
  },
  provide: (field) => EditorView.decorations.from(field, (it) => it.marks),
});

/** Says what the text is compared with; nothing if it is empty. */
export function compareWith(view: EditorView, base: string): void {
  view.dispatch({ effects: setBase.of(base) });
}

export const changes: Extension = compared;
