// Input that CodeMirror leaves to the browser, and that is better not left to it.

import { EditorSelection, type Extension, type SelectionRange } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

const KINDS = ['insertText', 'insertReplacementText', 'insertFromDrop', 'insertFromYank'];

/** The stretch that the browser is about to replace. */
function target(event: InputEvent, view: EditorView): { from: number; to: number } {
  // Chromium names no ranges inside a shadow root.
  const [range] = event.getTargetRanges();
  if (range === undefined) return selectionInPage(view) ?? view.state.selection.main;
  const from = view.posAtDOM(range.startContainer, range.startOffset);
  return { from, to: Math.max(from, view.posAtDOM(range.endContainer, range.endOffset)) };
}

/**
 * Text that replaces several lines, or brings some, goes straight into the state. The browser would
 * merge elements and give them style attributes, which the page's policy refuses with a complaint.
 */
export function severalLines(): Extension {
  return EditorView.domEventHandlers({
    beforeinput(event, view) {
      const { data, inputType, isComposing } = event;
      if (isComposing || data === null || !KINDS.includes(inputType)) return false;
      const { from, to } = target(event, view);
      const { doc } = view.state;
      const isOneLine = doc.lineAt(from).number === doc.lineAt(to).number;
      if (isOneLine && !/[\r\n]/.test(data)) return false;
      const insert = view.state.toText(data);
      view.dispatch({
        changes: { from, to, insert },
        selection: { anchor: from + insert.length },
        scrollIntoView: true,
        userEvent: 'input.type',
      });
      return true;
    },
  });
}

/**
 * Assistive technology and test drivers focus the text and select all of it in one go; CodeMirror,
 * busy with the focus, would put its own caret there again.
 */
export function selectionOfScripts(): Extension {
  return EditorView.domEventObservers({
    focus(_event, view) {
      setTimeout(() => {
        const selection = selectionInPage(view);
        const { main } = view.state.selection;
        if (selection === null || selection.empty || selection.eq(main)) return;
        view.dispatch({ selection });
      });
    },
  });
}

/** What the browser shows as selected, which CodeMirror hears of a moment later. */
function selectionInPage(view: EditorView): SelectionRange | null {
  // Not all browsers tell what is selected inside a shadow root.
  const root: DocumentOrShadowRoot & { getSelection?: () => Selection | null } = view.root;
  const selection = root.getSelection?.() ?? null;
  if (!selection?.anchorNode || !selection.focusNode) return null;
  const { anchorNode, anchorOffset, focusNode, focusOffset } = selection;
  if (![anchorNode, focusNode].every((it) => view.contentDOM.contains(it))) return null;
  const anchor = view.posAtDOM(anchorNode, anchorOffset);
  return EditorSelection.range(anchor, view.posAtDOM(focusNode, focusOffset));
}
