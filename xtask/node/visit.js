// Opens a built site as visitors do, waits until all pods of the first rollout are ready, and
// prints the numbers of the functions that ran: argument 1 is the folder of the site, whose module
// notes them.

import { chromium } from "@playwright/test";
import { CHROMIUM_ARGUMENTS, serve } from "./site.js";

const VISITS = [
  { viewport: { width: 1440, height: 900 }, colorScheme: "light", reducedMotion: "no-preference" },
  { viewport: { width: 390, height: 844 }, colorScheme: "dark", reducedMotion: "reduce" },
  { viewport: { width: 820, height: 1180 }, colorScheme: "dark", reducedMotion: "no-preference" },
];

const site = await serve(process.argv[2]);
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: CHROMIUM_ARGUMENTS,
});

/** The numbers of what ran, once every pod is ready. */
function whatRan() {
  const pods = [...document.querySelectorAll("[data-pod]")];
  const areReady = pods.length > 0 && pods.every((it) => it.dataset.state === "ready");
  if (!window.noting || !areReady) return null;
  const notes = Object.entries(window.noting).filter(([name]) => /^ran\d+$/.test(name));
  return notes.filter(([, note]) => note.value === 1).map(([name]) => Number(name.slice(3)));
}

const ran = new Set();
for (const options of VISITS) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(error));
  await page.addInitScript(() => {
    addEventListener("TrunkApplicationStarted", (event) => {
      window.noting = event.detail.wasm;
    });
  });
  await page.goto(site.url);
  const found = await page.waitForFunction(whatRan, null, { polling: 500, timeout: 120_000 });
  for (const number of await found.jsonValue()) ran.add(number);
  await context.close();
}
console.log([...ran].sort((a, b) => a - b).join(" "));
await browser.close();
await site.close();
