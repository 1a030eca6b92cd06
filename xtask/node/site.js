// A static web server for a built site, and the browser that visits it: for everything here that
// opens the page in Chromium.

import { createServer } from "node:http";
import { readFile, readdir } from "node:fs/promises";
import { extname, join, normalize, resolve, sep } from "node:path";
import { brotliCompressSync } from "node:zlib";

const TYPES = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
  ".yaml": "text/plain; charset=utf-8",
};

const PACKED = [".css", ".html", ".js", ".json", ".svg", ".txt", ".wasm", ".yaml"];

/** The same everywhere: nothing of its own on the network, no sandbox inside of containers. */
export const CHROMIUM_ARGUMENTS = [
  "--headless=new",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];

/** Packed before anybody asks: packing the module takes seconds, which would be those of the page. */
async function packedFiles(root) {
  const names = await readdir(root, { recursive: true });
  const files = names.filter((it) => PACKED.includes(extname(it))).map((it) => join(root, it));
  const bodies = files.map(async (it) => [it, brotliCompressSync(await readFile(it))]);
  return new Map(await Promise.all(bodies));
}

/**
 * Serves a folder below a path, on a free port of this machine, and nothing outside of it; with
 * `brotli` as a good host does, packed, and kept by the browser.
 */
export async function serve(folder, { path = "/", brotli = false } = {}) {
  const root = resolve(folder) + sep;
  const packed = brotli ? await packedFiles(root) : new Map();
  const bodyOf = async (file) => packed.get(file) ?? readFile(file);
  const server = createServer(async (request, response) => {
    const asked = decodeURIComponent(new URL(request.url ?? "/", "http://localhost").pathname);
    const name = asked.startsWith(path) ? asked.slice(path.length) || "index.html" : null;
    const file = name === null ? null : normalize(join(root, name));
    try {
      if (file === null || !file.startsWith(root)) throw new Error("outside of the site");
      const body = await bodyOf(file);
      const headers = {
        "content-type": TYPES[extname(file)] ?? "application/octet-stream",
        "cache-control": brotli ? "max-age=31536000" : "no-store",
      };
      if (packed.has(file)) headers["content-encoding"] = "br";
      response.writeHead(200, headers).end(body);
    } catch {
      response.writeHead(404, { "content-type": "text/plain" }).end("not found");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${path}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}
