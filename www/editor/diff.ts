// The element <manifest-diff>: what is live against what Apply would make of it, in one column.
// What stays as it is, is folded.

import { unifiedMergeView } from '@codemirror/merge';
import { yamlLanguage } from '@codemirror/lang-yaml';
import { syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import sheetText from './editor.css';
import { colours } from './setup.ts';

/** Lines that stay around a change, and how many in a row are worth folding. */
const MARGIN = 3;
const FOLDED_MIN = 4;

export class ManifestDiff extends HTMLElement {
  #view: EditorView | undefined;

  connectedCallback(): void {
    if (this.#view !== undefined) return;
    const { live = '', applied = '' } = this.dataset;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(sheetText);
    root.adoptedStyleSheets = [sheet];
    const state = EditorState.create({
      doc: applied,
      extensions: [
        unifiedMergeView({
          original: live,
          mergeControls: false,
          highlightChanges: true,
          syntaxHighlightDeletions: false,
          collapseUnchanged: { margin: MARGIN, minSize: FOLDED_MIN },
        }),
        lineNumbers(),
        yamlLanguage,
        syntaxHighlighting(colours),
        EditorState.readOnly.of(true),
        EditorView.contentAttributes.of({
          'aria-label': 'Live objects and what would become of them',
          'aria-readonly': 'true',
          tabindex: '0',
        }),
      ],
    });
    this.#view = new EditorView({ state, root, parent: root });
  }

  disconnectedCallback(): void {
    this.#view?.destroy();
    this.#view = undefined;
  }
}
