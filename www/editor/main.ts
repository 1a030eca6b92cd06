// The element <manifest-editor>: CodeMirror in an open shadow root, where its style sheets are
// constructed and so allowed by the page's policy.
//
// Until this file is there the element holds a text area; its text, caret, scroll position and
// focus are taken over in one go. The element owns the text while someone types and says so
// (`typed`); text flows in by `show`, and only where it differs.

import { isolateHistory } from '@codemirror/commands';
import { Annotation, EditorSelection, EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { changes as marksOfChanges, compareWith } from './changes.ts';
import { type Message, diagnose } from './diagnostics.ts';
import { ManifestDiff } from './diff.ts';
import sheetText from './editor.css';
import { ghosts, insertedLines, propose } from './ghost.ts';
import type { Question } from './help.ts';
import { markLine, pointing } from './pointing.ts';
import { KEYS_ID, setup } from './setup.ts';
import { difference, offsetOf, withLineFeeds } from './text.ts';

const KEYS =
  'Tab indents, or inserts what is proposed. Press Escape, then Tab, to leave. ' +
  'Control and Enter apply. ' +
  'F8 goes to the next problem. Control and Space offers words.';

/** Undo histories of more files than this are not kept. */
const KEPT_COUNT_MAX = 60;

/** A change that comes from the page, which need not hear of it. */
const flowsIn = Annotation.define<boolean>();

interface Kept {
  state: EditorState;
  scroll: ReturnType<EditorView['scrollSnapshot']>;
}

class ManifestEditor extends HTMLElement {
  #view: EditorView | undefined;
  #file: number | undefined;
  #kept = new Map<number, Kept>();
  /** The proposed lines that were put away. */
  #dismissed: string | undefined;

  /** The advice that somebody wants to be heeded. */
  heeded = 0;
  /** The line under the pointer, 0 for none. */
  pointed = 0;
  /** What the editor wants to know, and what it is told while it asks: JSON. */
  question = '';
  answer = 'null';

  connectedCallback(): void {
    const area = this.querySelector('textarea');
    if (this.#view !== undefined || area === null) return;
    // Whoever is in the middle of a composed character finishes it first.
    if (area.dataset.composing === 'true') {
      area.addEventListener('compositionend', () => setTimeout(() => this.#takeOver(area)));
    } else {
      this.#takeOver(area);
    }
  }

  disconnectedCallback(): void {
    this.#view?.destroy();
    this.#view = undefined;
  }

  /** The text as it is now. */
  get value(): string {
    return this.#view?.state.doc.toString() ?? '';
  }

  /** Shows a file with this text. */
  show(file: number, text: string): void {
    const view = this.#view;
    if (view === undefined) return;
    if (this.#file !== undefined && this.#file !== file) {
      this.#keep(this.#file, view);
      const kept = this.#kept.get(file);
      view.setState(kept?.state ?? this.#stateOf(text));
      if (kept !== undefined) view.dispatch({ effects: kept.scroll });
    }
    this.#file = file;
    const changes = difference(this.value, withLineFeeds(text));
    if (changes !== null) {
      view.dispatch({ changes, annotations: [flowsIn.of(true), isolateHistory.of('full')] });
    }
  }

  /** Replaces the whole text as an edit of the user, which can be undone. */
  replace(text: string): void {
    const view = this.#view;
    const changes = difference(this.value, withLineFeeds(text));
    if (view === undefined || changes === null) return;
    const annotations = isolateHistory.of('full');
    view.dispatch({ changes, annotations, selection: { anchor: 0 }, scrollIntoView: true });
    view.focus();
  }

  /** Marks what is wrong: an array of messages as JSON. */
  diagnose(messages: string): void {
    const heed = (fix: number) => {
      this.heeded = fix;
      this.dispatchEvent(new Event('heed'));
    };
    if (this.#view !== undefined) diagnose(this.#view, JSON.parse(messages) as Message[], heed);
  }

  /** Marks the lines that differ from this text, the one that was applied last. */
  compare(applied: string): void {
    if (this.#view !== undefined) compareWith(this.#view, withLineFeeds(applied));
  }

  /** Marks a line that is pointed at elsewhere; 0 takes the mark away. */
  mark(line: number): void {
    if (this.#view !== undefined) markLine(this.#view, line);
  }

  /** Proposes a text: what it has more stands between the lines until somebody takes it. */
  propose(text: string): void {
    const view = this.#view;
    if (view === undefined) return;
    const proposal = text === '' ? null : insertedLines(this.value, withLineFeeds(text));
    const lines = proposal?.lines.join('\n');
    // What somebody has put away stays away until something else is proposed.
    const isDismissed = lines !== undefined && lines === this.#dismissed;
    if (lines !== undefined && !isDismissed) this.#dismissed = undefined;
    propose(view, isDismissed ? null : proposal);
  }

  /** Puts the caret at a place and brings it into view. */
  goTo(line: number, column: number): void {
    const view = this.#view;
    if (view === undefined) return;
    const anchor = offsetOf(view.state.doc, { line, column });
    const effects = EditorView.scrollIntoView(anchor, { y: 'center' });
    view.dispatch({ selection: { anchor }, effects });
    view.focus();
  }

  override focus(): void {
    this.#view?.focus();
  }

  #takeOver(area: HTMLTextAreaElement): void {
    if (this.#view !== undefined || !this.isConnected) return;
    const hadFocus = area.matches(':focus');
    const { value, defaultValue, selectionStart, selectionEnd, scrollTop, scrollLeft } = area;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(sheetText);
    root.adoptedStyleSheets = [sheet];
    const view = new EditorView({ state: this.#stateOf(defaultValue), root, parent: root });
    root.append(keysText());
    root.addEventListener('input', searchAtOnce);
    this.#view = view;
    // What was typed so far is an edit that can be undone.
    const changes = difference(defaultValue, value);
    if (changes !== null) view.dispatch({ changes, annotations: flowsIn.of(true) });
    view.dispatch({ selection: EditorSelection.single(selectionStart, selectionEnd) });
    if (hadFocus) view.focus();
    view.scrollDOM.scrollTop = scrollTop;
    view.scrollDOM.scrollLeft = scrollLeft;
    // Letters of another size (presenter mode, zoom) are measured again.
    new ResizeObserver(() => view.requestMeasure()).observe(view.contentDOM);
    this.dispatchEvent(new Event('open'));
  }

  #stateOf(text: string): EditorState {
    const listen = EditorView.updateListener.of((update) => {
      const isTyped = update.transactions.some((it) => it.docChanged && !it.annotation(flowsIn));
      if (isTyped) this.dispatchEvent(new Event('typed'));
    });
    const blurs = EditorView.domEventHandlers({ blur: () => void this.#say('rest') });
    return EditorState.create({
      doc: text,
      extensions: [
        setup(
          () => this.#say('apply'),
          (question) => this.#ask(question),
        ),
        ghosts((lines) => (this.#dismissed = lines)),
        listen,
        blurs,
        marksOfChanges,
        pointing((line) => this.#point(line)),
      ],
    });
  }

  /** Whoever knows answers before the event is through. */
  #ask(question: Question): unknown {
    this.question = JSON.stringify(question);
    this.answer = 'null';
    this.dispatchEvent(new Event('ask'));
    return JSON.parse(this.answer);
  }

  #point(line: number): void {
    if (line === this.pointed) return;
    this.pointed = line;
    this.dispatchEvent(new Event('point'));
  }

  #say(what: 'apply' | 'rest'): void {
    this.dispatchEvent(new Event(what));
  }

  #keep(file: number, view: EditorView): void {
    this.#kept.delete(file);
    this.#kept.set(file, { state: view.state, scroll: view.scrollSnapshot() });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT_COUNT_MAX && oldest !== undefined) this.#kept.delete(oldest);
  }
}

/** The search hears of keys only; text also comes from the clipboard, from speech, from scripts. */
function searchAtOnce({ target }: Event): void {
  if (target instanceof HTMLInputElement && target.matches('.cm-search .cm-textfield')) {
    target.dispatchEvent(new Event('change'));
  }
}

function keysText(): HTMLElement {
  const text = document.createElement('p');
  text.id = KEYS_ID;
  text.textContent = KEYS;
  return text;
}

customElements.define('manifest-editor', ManifestEditor);
customElements.define('manifest-diff', ManifestDiff);
