// What the playground says about the text: marks at the lines, waves under the words, and a key
// that goes from one to the next.

import { type Diagnostic, forEachDiagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import type { EditorState, Extension, Text } from '@codemirror/state';
import { type Command, EditorView, keymap } from '@codemirror/view';
import { type Place, offsetOf } from './text.ts';

/** One thing that is said about a place. */
export interface Message extends Place {
  severity: 'error' | 'warning' | 'info' | 'hint';
  text: string;
  suggestion?: string;
  /** The number of the advice, where an edit would heed it. */
  fix?: number | null;
}

/** More marks than this help nobody. */
const MARK_COUNT_MAX = 500;

/** The first word of a text: something quoted, or what stands before the next sign of YAML. */
const WORD = /^(?:"[^"]*"?|'[^']*'?|[^\s,:{}[\]]+|\S)/;

/** The messages as marks of CodeMirror, in the order of the text. */
export function marksOf(
  doc: Text,
  messages: readonly Message[],
  onFix: (fix: number) => void = () => undefined,
): Diagnostic[] {
  const marks = messages.slice(0, MARK_COUNT_MAX).map((message): Diagnostic => {
    const { severity, suggestion, fix } = message;
    const actions = typeof fix === 'number' ? [{ name: 'Do it', apply: () => onFix(fix) }] : [];
    const hint = suggestion === undefined ? '' : ` (${suggestion})`;
    return { ...wordAt(doc, message), severity, message: message.text + hint, actions };
  });
  return marks.sort((one, other) => one.from - other.from);
}

/** The word at a place; at the end of a line the last character, so that there is something. */
function wordAt(doc: Text, place: Place): { from: number; to: number } {
  const at = offsetOf(doc, place);
  const line = doc.lineAt(at);
  const word = WORD.exec(line.text.slice(at - line.from))?.[0] ?? '';
  if (word !== '') return { from: at, to: at + word.length };
  return { from: Math.max(line.from, at - 1), to: at };
}

/** The next mark in a direction, round the end. */
export function nextMark(state: EditorState, direction: 1 | -1): Diagnostic | undefined {
  const marks: Diagnostic[] = [];
  // They have moved with the text since they were set.
  forEachDiagnostic(state, (mark, from, to) => marks.push({ ...mark, from, to }));
  const { head } = state.selection.main;
  if (direction === 1) return marks.find((it) => it.from > head) ?? marks[0];
  return marks.findLast((it) => it.from < head) ?? marks.at(-1);
}

function jump(direction: 1 | -1): Command {
  return (view) => {
    const mark = nextMark(view.state, direction);
    if (mark === undefined) return false;
    const { number } = view.state.doc.lineAt(mark.from);
    view.dispatch({
      selection: { anchor: mark.from },
      effects: [
        EditorView.scrollIntoView(mark.from, { y: 'center' }),
        EditorView.announce.of(`Line ${number}: ${mark.message}`),
      ],
    });
    return true;
  };
}

/** The marks beside the lines, and F8. */
export function diagnostics(): Extension {
  return [
    lintGutter(),
    keymap.of([
      { key: 'F8', run: jump(1) },
      { key: 'Shift-F8', run: jump(-1) },
    ]),
  ];
}

/** Replaces what was said before. */
export function diagnose(
  view: EditorView,
  messages: readonly Message[],
  onFix: (fix: number) => void,
): void {
  view.dispatch(setDiagnostics(view.state, marksOf(view.state.doc, messages, onFix)));
}
