// What the editor decides without a page: places, differences, indentation, colours, marks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setDiagnostics } from '@codemirror/lint';
import { ChangeSet, EditorState, Text } from '@codemirror/state';
import { chunksAfter, chunksOf, linesOf } from './changes.ts';
import { type Message, marksOf, nextMark } from './diagnostics.ts';
import { find } from './descriptions.ts';
import { insertedLines } from './ghost.ts';
import { questionAt } from './help.ts';
import { indentAfter } from './indent.ts';
import { isNoText } from './scalars.ts';
import { difference, offsetInLine, offsetOf, withLineFeeds } from './text.ts';

test('columns are characters, offsets are UTF-16', () => {
  const line = 'a: "😀é" # b';
  const cases: [number, number][] = [
    [1, 0],
    [5, 4],
    [6, 6],
    [7, 7],
    [99, line.length],
    [0, 0],
  ];
  for (const [column, offset] of cases) assert.equal(offsetInLine(line, column), offset);
});

test('a place that is not there is the nearest one', () => {
  const doc = Text.of(['ab', '😀c']);
  const cases: [number, number, number][] = [
    [1, 2, 1],
    [2, 2, 5],
    [2, 9, 6],
    [9, 1, 3],
    [0, 1, 0],
  ];
  for (const [line, column, offset] of cases) {
    assert.equal(offsetOf(doc, { line, column }), offset, `${line}:${column}`);
  }
});

test('changed lines are those that differ from what was applied', () => {
  const cases: [string[], string[], number[], number[]][] = [
    [['a', 'b'], ['a', 'b'], [], []],
    [['a', 'b'], ['a', 'x', 'b'], [2], []],
    [['a', 'b', 'c'], ['a', 'x', 'c'], [2], []],
    [['a', 'b', 'c'], ['a', 'c'], [], [2]],
    [['a', ''], ['a', 'b', ''], [2], []],
    [['a', 'b', ''], ['a', ''], [], [2]],
  ];
  for (const [before, after, changed, removed] of cases) {
    const [base, doc] = [Text.of(before), Text.of(after)];
    const lines = linesOf(chunksOf(base, doc), doc);
    assert.deepEqual(lines, { changed, removed }, `${before} ${after}`);
  }
});

test('changed lines are the same whether a text was typed or came at once', () => {
  const rows = Array.from({ length: 200 }, (_, row) => `row ${row}`);
  const base = Text.of(rows);
  let doc = base;
  let chunks = chunksOf(base, doc);
  const edits: [number, number, string[]][] = [
    [0, 0, ['#']],
    [700, 705, ['x']],
    [1, 1, ['']],
    [703, 720, ['', 'a', '']],
    [1200, 1400, ['']],
    [0, 1, ['']],
    [40, 40, ['', '']],
  ];
  for (const [from, to, insert] of edits) {
    const changes = ChangeSet.of({ from, to, insert: Text.of(insert) }, doc.length);
    doc = changes.apply(doc);
    chunks = chunksAfter(chunks, base, doc, changes);
    assert.deepEqual(linesOf(chunks, doc), linesOf(chunksOf(base, doc), doc), `${from}:${to}`);
  }
});

test('a difference is one stretch, and makes the other text', () => {
  const pairs = [
    ['a\nb\nc', 'a\nx\nc'],
    ['', 'a'],
    ['a', ''],
    ['aa', 'aaa'],
    ['aaa', 'aa'],
    ['x😀y', 'x😁y'],
    ['😀', '😀😀'],
    ['image: a:1', 'image: a:12'],
  ] as const;
  for (const [before, after] of pairs) {
    const changes = difference(before, after);
    assert.ok(changes !== null);
    const state = EditorState.create({ doc: before }).update({ changes }).state;
    assert.equal(state.doc.toString(), after);
    const { from, to, insert } = changes as { from: number; to: number; insert: string };
    assert.ok(insert.isWellFormed() && before.slice(from, to).isWellFormed(), 'no half characters');
  }
  assert.equal(difference('a', 'a'), null);
});

test('a caret keeps its place when the text changes elsewhere', () => {
  const [before, after] = ['a: 1\nb: 2\nc: 3', 'a: 100\nb: 2\nc: 3'];
  const caret = before.indexOf('b');
  const state = EditorState.create({ doc: before, selection: { anchor: caret } });
  const next = state.update({ changes: difference(before, after)! }).state;
  assert.equal(next.selection.main.head, after.indexOf('b'));
});

test('line ends are those of the editor', () => {
  assert.equal(withLineFeeds('a\r\nb\rc\n'), 'a\nb\nc\n');
});

test('the next line is deeper behind a key and level in an item', () => {
  const cases: [string, number][] = [
    ['kind: DaemonSet', 0],
    ['spec:', 2],
    ['  template:', 4],
    ['  template:  # why', 4],
    ['    url: http://a:80', 4],
    ['    - name: agent', 6],
    ['    - securityContext:', 8],
    ['    -', 6],
    ['    - - a', 8],
    ['      args: |', 8],
    ['      args: >-', 8],
    ['      - |2+', 10],
    ['', 0],
    ['    ', 4],
    ['  # a comment:', 2],
    ['  - # a comment', 4],
    ['  key: "a: # b"', 2],
  ];
  for (const [line, column] of cases) assert.equal(indentAfter(line), column, JSON.stringify(line));
});

test('what kubectl reads as number, boolean or null is coloured so', () => {
  const no_text =
    '0 1 -1 +7 1_000 0644 0x1F 0b1 1.5 .5 1. 1e3 -1.5e-3 .inf .NaN true Yes off ~ null';
  const text = 'agent 100m 1Gi 3.2.1 1:2 v1 08 0xg yEs nul - . e3 1e 10% 2024-01-01';
  for (const value of no_text.split(' ')) assert.ok(isNoText(value), value);
  for (const value of text.split(' ')) assert.ok(!isNoText(value), value);
  assert.ok(!isNoText('1'.repeat(10_000)));
});

const yaml = ['kind: DaemonSet', 'spec:', '  replicas: 3', '  image: ""', '  x: {a: b}', ''].join(
  '\n',
);
const message = (line: number, column: number): Message => {
  return { line, column, severity: 'error', text: `at ${line}:${column}` };
};

test('marks stand under the word at their place', () => {
  const cases: [number, number, string][] = [
    [1, 1, 'kind'],
    [1, 7, 'DaemonSet'],
    [3, 3, 'replicas'],
    [4, 10, '""'],
    [5, 6, '{'],
    [5, 7, 'a'],
    [2, 6, ':'],
    [6, 1, ''],
    [99, 99, ''],
  ];
  const doc = Text.of(yaml.split('\n'));
  for (const [line, column, word] of cases) {
    const [mark] = marksOf(doc, [message(line, column)]);
    assert.equal(doc.sliceString(mark!.from, mark!.to), word, `${line}:${column}`);
  }
});

test('marks are in the order of the text and bounded', () => {
  const doc = Text.of(yaml.split('\n'));
  const marks = marksOf(doc, [message(5, 6), message(1, 1), message(3, 3)]);
  assert.deepEqual(
    marks.map((it) => it.message),
    ['at 1:1', 'at 3:3', 'at 5:6'],
  );
  assert.equal(
    marksOf(
      doc,
      Array.from({ length: 9999 }, () => message(1, 1)),
    ).length,
    500,
  );
});

test('the key goes from mark to mark, round the end, and marks move with the text', () => {
  let state = EditorState.create({ doc: yaml });
  assert.equal(nextMark(state, 1), undefined);
  const marks = marksOf(state.doc, [message(1, 1), message(3, 3)]);
  state = state.update(setDiagnostics(state, marks)).state;
  const at = (anchor: number) => state.update({ selection: { anchor } }).state;
  const second = yaml.indexOf('replicas');
  assert.equal(nextMark(at(0), 1)?.from, second);
  assert.equal(nextMark(at(second), 1)?.from, 0, 'round the end');
  assert.equal(nextMark(at(second), -1)?.from, 0);
  assert.equal(nextMark(at(0), -1)?.from, second, 'round the start');
  state = state.update({ changes: { from: 0, insert: '# new\n' } }).state;
  assert.equal(nextMark(at(7), 1)?.from, second + 6);
});

test('a question carries the document around the caret, and no more', () => {
  const doc = Text.of(['a: 1', '---', 'kind: 😀x', 'b', '---', 'c']);
  const at = doc.line(3).from + 'kind: 😀'.length;
  const question = questionAt(doc, at, 'words');
  assert.deepEqual(question, { about: 'words', text: '---\nkind: 😀x\nb', line: 2, column: 8 });
  assert.equal(questionAt(doc, 0, 'field').text, 'a: 1');
});

test('a description is found by struct and field', () => {
  const text = '# head\nContainer\n image What it runs.\n name It.\nPort\n name Another.\n';
  assert.equal(find(text, 'Container', 'image'), 'What it runs.');
  assert.equal(find(text, 'Port', 'name'), 'Another.');
  assert.equal(find(text, 'Container', 'nam'), '');
  assert.equal(find(text, 'Tainer', 'name'), '');
});

test('proposed lines are whole lines, and nothing else may differ', () => {
  const cases = [
    // What begins or ends as its neighbours do is a line of its own all the same.
    ['- key: a\n- key: b\n', '- key: a\n- key: c\n- key: b\n', { after: 1, lines: ['- key: c'] }],
    ['a:\n- x\n', 'a:\n- x\n- x\n', { after: 2, lines: ['- x'] }],
    ['a: 1', 'a: 1\nb: 2\nc: 3', { after: 1, lines: ['b: 2', 'c: 3'] }],
    ['a: 1\n', 'b: 0\na: 1\n', null],
    ['a: [1]\n', 'a: [1, 2]\n', null],
    ['a: [1]\nb: 2\n', 'a:\n- 1\nb: 2\nc: 3\n', null],
    ['a: 1\n', 'a: 1\n', null],
    ['a: 1\nb: 2\n', 'a: 1\n', null],
  ] as const;
  for (const [before, after, expected] of cases) {
    assert.deepEqual(insertedLines(before, after), expected, after);
  }
});
