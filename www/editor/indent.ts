// Indentation as YAML wants it: two blanks, never a tab.

import { indentMore } from '@codemirror/commands';
import { indentService, indentUnit, syntaxTree } from '@codemirror/language';
import { EditorState, type Extension } from '@codemirror/state';
import type { Command } from '@codemirror/view';

const STEP = 2;

/** The column at which the line after this one begins: deeper behind a key, level in an item. */
export function indentAfter(line: string): number {
  const dashes = /^ *(?:- +)*/.exec(line)?.[0] ?? '';
  const unquoted = line.slice(dashes.length).replace(/"[^"]*"|'[^']*'/g, '""');
  const rest = unquoted.replace(/(^|\s)#.*$/, '').trimEnd();
  if (/^-\s*$/.test(rest)) return dashes.length + STEP;
  const opensBlock = /:$/.test(rest) || /(^|[\s:])[|>][-+0-9]*$/.test(rest);
  return dashes.length + (opensBlock ? STEP : 0);
}

/** Blanks up to the next step, or all selected lines one step deeper. */
const indent: Command = (view) => {
  const { state } = view;
  if (!state.selection.main.empty) return indentMore(view);
  const { head } = state.selection.main;
  const column = head - state.doc.lineAt(head).from;
  const blanks = ' '.repeat(STEP - (column % STEP));
  view.dispatch(state.replaceSelection(blanks), { scrollIntoView: true, userEvent: 'input' });
  return true;
};

function isInside(state: EditorState, position: number, names: string[]): boolean {
  let node = syntaxTree(state).resolveInner(position, -1);
  for (let depth = 0; depth < 100; depth += 1) {
    if (names.includes(node.name)) return true;
    if (node.parent === null) return false;
    node = node.parent;
  }
  return false;
}

const service = indentService.of((context, position) => {
  const { state } = context;
  // The text of a literal is no YAML, and brackets have their own rule.
  if (isInside(state, position, ['FlowMapping', 'FlowSequence'])) return undefined;
  const line = context.lineAt(position, -1);
  const isText = isInside(state, position, ['BlockLiteralContent', 'QuotedLiteral']);
  return isText ? /^ */.exec(line.text)![0].length : indentAfter(line.text);
});

export { indent };

/** The size of a step, and where new lines begin. */
export function indentation(): Extension {
  return [indentUnit.of(' '.repeat(STEP)), EditorState.tabSize.of(STEP), service];
}
