// What the editor can do: the parts of CodeMirror that it is made of.

import { completionStatus } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentLess } from '@codemirror/commands';
import { yamlLanguage } from '@codemirror/lang-yaml';
import {
  bracketMatching,
  codeFolding,
  foldGutter,
  foldKeymap,
  syntaxHighlighting,
} from '@codemirror/language';
import { search, searchKeymap } from '@codemirror/search';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import {
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tagHighlighter, tags } from '@lezer/highlight';
import { diagnostics } from './diagnostics.ts';
import { type Ask, help } from './help.ts';
import { indent, indentation } from './indent.ts';
import { scalars } from './scalars.ts';
import { selectionOfScripts, severalLines } from './typing.ts';

/** The element that says which keys there are. */
export const KEYS_ID = 'keys';

export const colours = tagHighlighter([
  { tag: tags.definition(tags.propertyName), class: 'tok-key' },
  { tag: [tags.string, tags.content, tags.special(tags.string)], class: 'tok-value' },
  { tag: [tags.comment, tags.lineComment], class: 'tok-comment' },
  { tag: [tags.punctuation, tags.separator, tags.brace, tags.squareBracket], class: 'tok-sign' },
  { tag: [tags.meta, tags.keyword, tags.labelName, tags.typeName], class: 'tok-meta' },
]);

/** Tab indents; after Escape it leaves, however long that takes. */
const leaving = EditorView.domEventObservers({
  keydown(event, view) {
    const isModifier = ['Shift', 'Control', 'Alt', 'Meta'].includes(event.key);
    // The first Escape closes what is offered.
    const isOffered = completionStatus(view.state) === 'active';
    if (event.key === 'Escape') view.setTabFocusMode(!isOffered);
    else if (event.key !== 'Tab' && !isModifier) view.setTabFocusMode(false);
  },
  blur(_event, view) {
    view.setTabFocusMode(false);
  },
});

function chevron(isOpen: boolean): HTMLElement {
  const mark = document.createElement('span');
  mark.className = 'fold-mark';
  mark.dataset.open = String(isOpen);
  mark.title = isOpen ? 'Fold' : 'Unfold';
  return mark;
}

const folding: Extension = [
  codeFolding({
    preparePlaceholder: (state, { from, to }) =>
      state.doc.lineAt(to).number - state.doc.lineAt(from).number,
    placeholderDOM(_view, onclick, lines: number) {
      const mark = document.createElement('button');
      const count = lines === 1 ? '1 line' : `${lines} lines`;
      mark.className = 'folded';
      mark.textContent = `… ${count}`;
      mark.ariaLabel = `Unfold ${count}`;
      mark.tabIndex = -1;
      mark.onclick = onclick;
      return mark;
    },
  }),
  foldGutter({ markerDOM: chevron }),
];

const phrases = EditorState.phrases.of({
  next: 'Next',
  previous: 'Previous',
  'match case': 'Match case',
  regexp: 'Regular expression',
  'by word': 'Whole words',
  replace: 'Replace',
  'replace all': 'Replace all',
  close: 'Close search',
});

/** Everything but what the page hears. */
export function setup(onApply: () => void, ask: Ask): Extension {
  const apply = () => {
    onApply();
    return true;
  };
  return [
    Prec.highest(
      keymap.of([
        { key: 'Ctrl-Enter', run: apply },
        { key: 'Meta-Enter', run: apply },
      ]),
    ),
    leaving,
    help(ask),
    severalLines(),
    selectionOfScripts(),
    lineNumbers(),
    diagnostics(),
    folding,
    history(),
    highlightSpecialChars(),
    highlightActiveLine(),
    highlightActiveLineGutter(),
    indentation(),
    yamlLanguage,
    syntaxHighlighting(colours),
    scalars(),
    bracketMatching(),
    search({ top: true }),
    phrases,
    EditorView.contentAttributes.of({
      'aria-label': 'Manifest',
      'aria-describedby': KEYS_ID,
      autocapitalize: 'off',
      autocorrect: 'off',
      spellcheck: 'false',
      // As it is anyway; said so that it counts as what a keyboard reaches in the scrolled part.
      tabindex: '0',
    }),
    keymap.of([
      { key: 'Tab', run: indent, shift: indentLess },
      ...searchKeymap,
      ...historyKeymap,
      ...foldKeymap,
      ...defaultKeymap,
    ]),
  ];
}
