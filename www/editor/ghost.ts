// Lines that are proposed and not typed: they stand where they would be, and are no part of the
// text until somebody takes them. Tab on the line above takes them, Escape puts them away.

import { completionStatus } from '@codemirror/autocomplete';
import { isolateHistory } from '@codemirror/commands';
import {
  type EditorState,
  type Extension,
  Prec,
  StateEffect,
  StateField,
  type Text,
} from '@codemirror/state';
import { Decoration, EditorView, WidgetType, keymap } from '@codemirror/view';

/** Lines, and the number of the line that they would follow. */
export interface Proposal {
  after: number;
  lines: string[];
}

/** The lines that a text has more than another; null if that is not all that differs. */
export function insertedLines(before: string, after: string): Proposal | null {
  const old = before.split('\n');
  const next = after.split('\n');
  const count = next.length - old.length;
  let start = 0;
  while (start < old.length && old[start] === next[start]) start += 1;
  // What would come first of all has no line to stand behind.
  if (count < 1 || start === 0) return null;
  const isRest = old.slice(start).every((line, index) => line === next[start + count + index]);
  return isRest ? { after: start, lines: next.slice(start, start + count) } : null;
}

const setGhost = StateEffect.define<Proposal | null>();

class Lines extends WidgetType {
  readonly #lines: readonly string[];

  constructor(lines: readonly string[]) {
    super();
    this.#lines = lines;
  }

  override eq(other: Lines): boolean {
    return this.#lines.join('\n') === other.#lines.join('\n');
  }

  override toDOM(view: EditorView): HTMLElement {
    const ghost = document.createElement('div');
    ghost.className = 'ghost';
    ghost.role = 'group';
    ghost.ariaLabel = 'Proposed lines';
    for (const text of this.#lines) {
      const line = document.createElement('div');
      line.className = 'ghost__line';
      line.textContent = text;
      ghost.append(line);
    }
    const insert = document.createElement('button');
    insert.className = 'ghost__insert';
    insert.textContent = 'Insert ⇥';
    insert.ariaLabel = `Insert ${counted(this.#lines.length)}`;
    // Tab takes the lines; Escape and Tab leave the editor.
    insert.tabIndex = -1;
    insert.onclick = () => void accept(view);
    ghost.append(insert);
    return ghost;
  }

  override ignoreEvent(): boolean {
    return true;
  }
}

interface Held {
  /** The text for which it was proposed. */
  base: Text;
  wanted: Proposal;
  /** Where it stands now, if it does. */
  shown: Proposal | null;
}

const ghost = StateField.define<Held | null>({
  create: () => null,
  update(held, { changes, docChanged, effects, newDoc, startState }) {
    let next = held;
    if (held !== null && docChanged) {
      // Whoever takes back what was taken has the proposal again.
      const shown = newDoc.eq(held.base) ? held.wanted : moved(held.shown);
      next = { ...held, shown };
    }
    for (const effect of effects) {
      if (!effect.is(setGhost)) continue;
      const { value } = effect;
      next = value === null ? null : { base: newDoc, wanted: value, shown: value };
    }
    return next;

    function moved(proposal: Proposal | null): Proposal | null {
      if (proposal === null) return null;
      const above = startState.doc.line(proposal.after);
      // Where it would stand has changed: whoever proposes looks again.
      if (changes.touchesRange(above.from, above.to + 1) !== false) return null;
      return { ...proposal, after: newDoc.lineAt(changes.mapPos(above.to, -1)).number };
    }
  },
  provide: (field) =>
    EditorView.decorations.compute([field], (state) => {
      const proposal = proposalOf(state);
      if (proposal === null) return Decoration.none;
      const widget = new Lines(proposal.lines);
      const { to } = state.doc.line(proposal.after);
      return Decoration.set(Decoration.widget({ widget, block: true, side: 1 }).range(to));
    }),
});

function counted(lines: number): string {
  return lines === 1 ? '1 line' : `${lines} lines`;
}

/** The proposal that stands there. */
export function proposalOf(state: EditorState): Proposal | null {
  return state.field(ghost, false)?.shown ?? null;
}

/** Makes the proposed lines part of the text. */
function accept(view: EditorView): boolean {
  const proposal = proposalOf(view.state);
  if (proposal === null) return false;
  const { to } = view.state.doc.line(proposal.after);
  const insert = `\n${proposal.lines.join('\n')}`;
  view.dispatch({
    changes: { from: to, insert },
    selection: { anchor: to + insert.length },
    effects: EditorView.announce.of('Inserted'),
    annotations: isolateHistory.of('full'),
    userEvent: 'input.complete',
    scrollIntoView: true,
  });
  view.focus();
  return true;
}

function acceptAtCaret(view: EditorView): boolean {
  const { main } = view.state.selection;
  const above = view.state.doc.lineAt(main.head).number;
  const isMeant = main.empty && completionStatus(view.state) === null;
  return isMeant && proposalOf(view.state)?.after === above && accept(view);
}

/** Shows what is proposed, or nothing any more. */
export function propose(view: EditorView, proposal: Proposal | null): void {
  const held = view.state.field(ghost, false) ?? null;
  const isKnown = JSON.stringify(held?.shown ?? null) === JSON.stringify(proposal);
  if (isKnown && (held !== null) === (proposal !== null)) return;
  const effects: StateEffect<unknown>[] = [setGhost.of(proposal)];
  if (proposal !== null) {
    const { after, lines } = proposal;
    if (!view.hasFocus) {
      // Nobody types here: the lines come into view, those that follow with them.
      const { from } = view.state.doc.line(after);
      const yMargin = (lines.length + 2) * view.defaultLineHeight;
      effects.push(EditorView.scrollIntoView(from, { y: 'nearest', yMargin }));
    }
    const text = lines.map((it) => it.trim()).join(', ');
    const said = `Proposed below line ${after}: ${text}. Tab on that line inserts it.`;
    effects.push(EditorView.announce.of(said));
  }
  view.dispatch({ effects });
}

/** Proposed lines, and the keys that take them or put them away. */
export function ghosts(onDismiss: (lines: string) => void): Extension {
  const dismiss = (view: EditorView) => {
    const proposal = proposalOf(view.state);
    if (proposal === null || completionStatus(view.state) !== null) return false;
    view.dispatch({ effects: setGhost.of(null) });
    onDismiss(proposal.lines.join('\n'));
    return true;
  };
  return [
    ghost,
    // Before Tab indents.
    Prec.high(
      keymap.of([
        { key: 'Tab', run: acceptAtCaret },
        { key: 'Escape', run: dismiss },
      ]),
    ),
  ];
}
