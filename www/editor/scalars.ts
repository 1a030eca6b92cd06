// Colours values that are no text: numbers, booleans and null as YAML 1.1 has them, which is how
// kubectl reads `yes` and `0644`.

import { syntaxTree } from '@codemirror/language';
import { type Extension, RangeSetBuilder } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
} from '@codemirror/view';

const INTEGER = /^(?:[-+]?(?:0|[1-9][0-9_]*|0[0-7]+|0o[0-7]+|0x[0-9a-fA-F]+|0b[01]+))$/;
const FLOAT = /^[-+]?(?:[0-9][0-9_]*\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?$/;
const SPECIAL = /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const TRUTH = /^(?:true|True|TRUE|yes|Yes|YES|on|On|ON)$/;
const UNTRUTH = /^(?:false|False|FALSE|no|No|NO|off|Off|OFF)$/;
const NULL = /^(?:null|Null|NULL|~)$/;
const KINDS = [INTEGER, FLOAT, SPECIAL, TRUTH, UNTRUTH, NULL];
const LENGTH_MAX = 40;

/** Whether YAML 1.1 reads a plain value as something else than text. */
export function isNoText(value: string): boolean {
  return value.length <= LENGTH_MAX && KINDS.some((it) => it.test(value));
}

const mark = Decoration.mark({ class: 'tok-number' });

function marks(view: EditorView): DecorationSet {
  const found = new RangeSetBuilder<Decoration>();
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(view.state).iterate({
      from,
      to,
      enter(node) {
        if (node.name !== 'Literal' || node.node.parent?.name === 'Key') return;
        if (isNoText(view.state.sliceDoc(node.from, node.to))) found.add(node.from, node.to, mark);
      },
    });
  }
  return found.finish();
}

/** The colours of what is in view. */
export function scalars(): Extension {
  return ViewPlugin.fromClass(
    class {
      marks: DecorationSet;

      constructor(view: EditorView) {
        this.marks = marks(view);
      }

      update(update: ViewUpdate): void {
        const isParsed = syntaxTree(update.startState) !== syntaxTree(update.state);
        if (update.docChanged || update.viewportChanged || isParsed) {
          this.marks = marks(update.view);
        }
      }
    },
    { decorations: (it) => it.marks },
  );
}
