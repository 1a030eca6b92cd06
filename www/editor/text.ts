// Places in a text and differences between texts. CodeMirror counts in UTF-16; the page counts
// lines and columns from 1 and columns in characters, as kubectl's messages do.

import type { ChangeSpec, Text } from '@codemirror/state';

/** Line and column from 1, columns in characters. */
export interface Place {
  line: number;
  column: number;
}

/** How far a column is from the start of its line, in UTF-16. */
export function offsetInLine(line: string, column: number): number {
  let offset = 0;
  let left = column - 1;
  for (const character of line) {
    if (left <= 0) break;
    left -= 1;
    offset += character.length;
  }
  return offset;
}

/** The offset of a place, or of the nearest one that exists. */
export function offsetOf(doc: Text, { line, column }: Place): number {
  const found = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return found.from + offsetInLine(found.text, column);
}

/** The text with the line ends that an editor knows. */
export function withLineFeeds(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** The one stretch in which two texts differ, so that a caret elsewhere keeps its place. */
export function difference(before: string, after: string): ChangeSpec | null {
  if (before === after) return null;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  // Not between the halves of a character.
  if (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start -= 1;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  if (end > 0 && isLowSurrogate(before.charCodeAt(before.length - end))) end -= 1;
  const insert = after.slice(start, after.length - end);
  return { from: start, to: before.length - end, insert };
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
