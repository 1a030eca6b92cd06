// What the fields of Kubernetes mean, in Kubernetes' own words. The file is fetched once, when
// somebody first wants to know.

import address from './descriptions.txt';

let texts: Promise<string> | undefined;

async function load(): Promise<string> {
  const response = await fetch(new URL(address, import.meta.url));
  return response.ok ? response.text() : '';
}

/** What a field of a struct means; empty if nothing is said about it, or it cannot be had. */
export async function description(owner: string, field: string): Promise<string> {
  texts ??= load().catch(() => {
    // Perhaps the next time.
    texts = undefined;
    return '';
  });
  return find(await texts, owner, field);
}

/** The description in the text of the file; its head explains its lines. */
export function find(text: string, owner: string, field: string): string {
  const start = text.indexOf(`\n${owner}\n`);
  if (start < 0) return '';
  const body = text.slice(start + owner.length + 2).split(/\n(?! )/, 1)[0]!;
  const line = body.split('\n').find((it) => it.startsWith(` ${field} `));
  return line?.slice(field.length + 2) ?? '';
}
