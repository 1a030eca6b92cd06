// Help with what is typed: the words that fit at the caret, and what a field means. What fits is
// decided by the simulation, which knows Kubernetes' types and this cluster; what fields mean
// stands in a file that is fetched when somebody first wants to know.

import {
  type Completion,
  type CompletionContext,
  type CompletionResult,
  acceptCompletion,
  autocompletion,
  closeCompletion,
  completionKeymap,
  pickedCompletion,
  selectedCompletion,
  selectedCompletionIndex,
  startCompletion,
} from '@codemirror/autocomplete';
import type { EditorState, Extension, Text } from '@codemirror/state';
import { type EditorView, type Tooltip, hoverTooltip, keymap, tooltips } from '@codemirror/view';
import { description } from './descriptions.ts';
import { type Place, offsetInLine } from './text.ts';

/** More lines of a document than this, above or below, are not sent along. */
const LINE_COUNT_MAX = 3_000;
/** How long the pointer rests before a field explains itself. */
const HOVER_MS = 350;
/** More values than this are not listed in an explanation. */
const VALUE_COUNT_MAX = 8;
/** Narrower pages show the editor as a sheet. */
const PHONE_MAX = 700;

/** A question, with the document that it is about. */
export interface Question extends Place {
  about: 'words' | 'field';
  text: string;
}

/** Asks the simulation; null if it knows nothing. */
export type Ask = (question: Question) => unknown;

interface Word {
  label: string;
  insert: string;
  detail: string;
  sort: 'required' | 'field' | 'value' | 'cluster';
  owner: string;
}

interface Words {
  column: number;
  rest: number;
  items: Word[];
}

interface Field {
  column: number;
  name: string;
  owner: string;
  type: string;
  required: boolean;
  values: string[];
}

/** The document around a place, as a question. */
export function questionAt(doc: Text, at: number, about: Question['about']): Question {
  const own = doc.lineAt(at);
  const isBorder = (number: number) => doc.line(number).text.startsWith('---');
  let first = own.number;
  const firstMin = Math.max(1, own.number - LINE_COUNT_MAX);
  while (first > firstMin && !isBorder(first)) first -= 1;
  let last = own.number;
  const lastMax = Math.min(doc.lines, own.number + LINE_COUNT_MAX);
  while (last < lastMax && !isBorder(last + 1)) last += 1;
  const text = doc.sliceString(doc.line(first).from, doc.line(last).to);
  const column = [...own.text.slice(0, at - own.from)].length + 1;
  return { about, text, line: own.number - first + 1, column };
}

function complete(context: CompletionContext, ask: Ask): CompletionResult | null {
  const { state, pos, explicit } = context;
  const line = state.doc.lineAt(pos);
  const before = line.text.slice(0, pos - line.from);
  // Unasked it comes with the first letter of a word only, and behind `key: `.
  if (!explicit && !/[\w"'./-]$|: $/.test(before)) return null;
  const words = ask(questionAt(state.doc, pos, 'words')) as Words | null;
  if (words === null) return null;
  const from = line.from + offsetInLine(line.text, words.column);
  const labels = new Set(words.items.map((it) => it.label));
  return {
    from,
    to: pos,
    options: words.items.map((it) => option(it, words.rest, explicit)),
    // A word that is complete is asked about again: then there is nothing more to offer.
    validFor: (text) => /^[\w./:-]*$/.test(text) && !labels.has(text),
  };
}

/** A word as CodeMirror offers it. */
interface Offer extends Completion {
  /** Nobody asked for it, and other words may stand there as well. */
  isFree: boolean;
}

function option(word: Word, rest: number, isAskedFor: boolean): Offer {
  const { label, detail, sort, owner } = word;
  const completion: Offer = {
    isFree: sort === 'cluster' && !isAskedFor,
    label,
    detail,
    type: sort,
    boost: sort === 'required' ? 2 : sort === 'cluster' ? 1 : 0,
    apply(view, picked, from, to) {
      insert(view, picked, word, from, to + rest);
    },
  };
  if (owner !== '') completion.info = async () => paragraph(await description(owner, label));
  return completion;
}

function insert(view: EditorView, picked: Completion, word: Word, from: number, to: number): void {
  const anchor = from + word.insert.length;
  view.dispatch({
    changes: { from, to, insert: word.insert },
    selection: { anchor },
    scrollIntoView: true,
    userEvent: 'input.complete',
    annotations: pickedCompletion.of(picked),
  });
  // What comes next may be known as well.
  if (/\s$/.test(word.insert)) startCompletion(view);
}

function paragraph(text: string): HTMLElement | null {
  if (text === '') return null;
  const element = document.createElement('p');
  element.className = 'meaning';
  element.textContent = text;
  return element;
}

function explain(state: EditorState, at: number, ask: Ask): Tooltip | null {
  const field = ask(questionAt(state.doc, at, 'field')) as Field | null;
  if (field === null) return null;
  const line = state.doc.lineAt(at);
  const pos = line.from + offsetInLine(line.text, field.column);
  const create = () => {
    const dom = document.createElement('div');
    dom.className = 'field';
    const head = document.createElement('p');
    head.className = 'field__head';
    const name = document.createElement('b');
    name.textContent = field.name;
    const type = document.createElement('span');
    type.textContent = field.required ? `${field.type}, required` : field.type;
    head.append(name, ' ', type);
    dom.append(head);
    const values = field.values.slice(0, VALUE_COUNT_MAX);
    if (values.length > 0) {
      const list = document.createElement('p');
      list.className = 'field__values';
      list.textContent = `One of ${values.join(', ')}.`;
      dom.append(list);
    }
    void description(field.owner, field.name).then((text) => {
      const meaning = paragraph(text);
      if (meaning !== null) dom.append(meaning);
    });
    return { dom };
  };
  return { pos, end: pos + field.name.length, above: true, create };
}

/**
 * Enter takes the chosen word, but ends the line where somebody writes an image of their own and
 * has not looked at the offer.
 */
function enter(view: EditorView): boolean {
  const offer = selectedCompletion(view.state) as Offer | null;
  if (offer?.isFree && selectedCompletionIndex(view.state) === 0) {
    closeCompletion(view);
    return false;
  }
  return acceptCompletion(view);
}

/** On a phone the editor is a sheet, which shows nothing beyond its edges. */
function room(view: EditorView): Pick<DOMRect, 'top' | 'left' | 'bottom' | 'right'> {
  if (innerWidth < PHONE_MAX) return view.dom.getBoundingClientRect();
  return { top: 0, left: 0, bottom: innerHeight, right: innerWidth };
}

/** Offers words while somebody types and on Ctrl+Space; explains the field under the pointer. */
export function help(ask: Ask): Extension {
  return [
    autocompletion({
      override: [(context) => complete(context, ask)],
      icons: false,
      closeOnBlur: true,
      defaultKeymap: false,
      optionClass: ({ type }) => `word word--${type}`,
    }),
    keymap.of([
      { key: 'Enter', run: enter },
      { key: 'Tab', run: acceptCompletion },
      ...completionKeymap.filter((it) => it.key !== 'Enter'),
    ]),
    tooltips({ tooltipSpace: room }),
    hoverTooltip((view, at) => explain(view.state, at, ask), { hoverTime: HOVER_MS }),
  ];
}
