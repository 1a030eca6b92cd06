// One page that shows each picture beside its mock-up.

import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PHONE_MOCK_UP, SIZES, STATES, type Size } from './states.ts';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Where the pictures go. */
export const FOLDER = join(ROOT, 'target/screens');

/** The mock-ups lie beside the repository, on those machines that have them. */
const MOCK_UPS = process.env.MOCK_UPS ?? join(ROOT, '../shared/design/screens');

export function fileName(state: string, size: Size, theme: string): string {
  return `${state}-${size.width}x${size.height}-${theme}.png`;
}

const STYLE = `
  body { margin: 2rem; font: 15px/1.5 system-ui, sans-serif; background: #ddd; color: #111; }
  section { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; margin: 0 0 3rem; }
  h2 { grid-column: 1 / -1; margin: 0; font-size: 1rem; }
  figure { margin: 0; }
  img { max-width: 100%; border: 1px solid #999; }
`;

/** Runs after the last picture. */
export default function writeAlbum(): void {
  mkdirSync(join(FOLDER, 'mock-ups'), { recursive: true });
  const sections: string[] = [];
  for (const state of STATES) {
    for (const size of SIZES) {
      for (const theme of ['light', 'dark'] as const) {
        const name = fileName(state.name, size, theme);
        if (!existsSync(join(FOLDER, name))) continue;
        const stage = size.width < 700 && state.only === undefined;
        const mockUp = stage ? PHONE_MOCK_UP : state.mockUp?.[theme] ?? state.mockUp?.light;
        sections.push(section(name, mockUp));
      }
    }
  }
  const html = `<!doctype html><meta charset="utf-8"><title>Screens</title>
<style>${STYLE}</style>\n${sections.join('\n')}\n`;
  writeFileSync(join(FOLDER, 'index.html'), html);
  console.log(`\n${sections.length} pictures: ${join(FOLDER, 'index.html')}`);
}

function section(name: string, mockUp: string | undefined): string {
  let beside = '';
  if (mockUp !== undefined && existsSync(join(MOCK_UPS, mockUp))) {
    copyFileSync(join(MOCK_UPS, mockUp), join(FOLDER, 'mock-ups', mockUp));
    beside = `<figure><img src="mock-ups/${mockUp}" alt="mock-up ${mockUp}"></figure>`;
  }
  return `<section><h2>${name}</h2>
<figure><a href="${name}"><img src="${name}" alt="${name}"></a></figure>${beside}</section>`;
}
