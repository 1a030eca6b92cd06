// Bundles the editor into one file named by its content, and tells the page that name. Trunk runs
// this when it has built the page (`Trunk.toml`), so `build` and `serve` go the same way.

import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const PLACEHOLDER = 'manifest-editor.js';

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.env.TRUNK_STAGING_DIR;
if (folder === undefined) throw new Error('Trunk runs this: TRUNK_STAGING_DIR says where to write');

const isRelease = process.env.TRUNK_PROFILE === 'release';
const result = await build({
  entryPoints: { 'manifest-editor': join(here, 'main.ts') },
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  outdir: folder,
  bundle: true,
  format: 'esm',
  target: ['chrome111', 'firefox115', 'safari16.4'],
  loader: { '.css': 'text', '.txt': 'file' },
  minify: isRelease,
  legalComments: 'none',
  metafile: true,
});

const outputs = Object.entries(result.metafile.outputs);
const name = basename(outputs.find(([, { entryPoint }]) => entryPoint !== undefined)[0]);
const page = join(folder, 'index.html');
const html = await readFile(page, 'utf8');
if (!html.includes(PLACEHOLDER)) throw new Error(`index.html does not name ${PLACEHOLDER}`);
await writeFile(page, html.replace(PLACEHOLDER, name));
await writeFile(join(folder, 'manifest-editor.LICENSE.txt'), await licences(result.metafile));

/** The licences of the packages that are in the bundle, which have to go with it. */
async function licences(metafile) {
  const pattern = /^.*node_modules\/((?:@[^/]+\/)?[^/]+)/;
  const matches = Object.keys(metafile.inputs).map((path) => pattern.exec(path));
  const packages = new Map(matches.filter((it) => it !== null).map(([path, name]) => [name, path]));
  const texts = [...packages].sort().map(async ([name, path]) => {
    return `${name}\n\n${await readFile(resolve(path, 'LICENSE'), 'utf8')}`;
  });
  return (await Promise.all(texts)).join('\n');
}
