// Between the lines and what they are about elsewhere on the page: a line that is pointed at there
// is marked here, and the line under the pointer, or under the caret, is told.

import { type Extension, StateEffect, StateField } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView } from '@codemirror/view';

const setMark = StateEffect.define<number>();

const lineMark = Decoration.line({ class: 'pointed' });

const marked = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, { changes, effects, state }) {
    let next = marks.map(changes);
    for (const effect of effects) {
      if (!effect.is(setMark)) continue;
      const { value } = effect;
      const isThere = value >= 1 && value <= state.doc.lines;
      next = isThere ? Decoration.set(lineMark.range(state.doc.line(value).from)) : Decoration.none;
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** Marks a line; 0 takes the mark away. */
export function markLine(view: EditorView, line: number): void {
  view.dispatch({ effects: setMark.of(line) });
}

/** Says which line is under the pointer; without one, which line the caret is on. */
export function pointing(onLine: (line: number) => void): Extension {
  return [
    marked,
    EditorView.domEventHandlers({
      mousemove(event, view) {
        const at = view.posAtCoords({ x: event.clientX, y: event.clientY });
        onLine(at === null ? 0 : view.state.doc.lineAt(at).number);
      },
      mouseleave: () => onLine(0),
      blur: () => onLine(0),
    }),
    EditorView.updateListener.of(({ selectionSet, docChanged, state, view }) => {
      // While somebody types nothing else on the page should flicker.
      if (selectionSet && !docChanged && view.hasFocus) {
        onLine(state.doc.lineAt(state.selection.main.head).number);
      }
    }),
  ];
}
