// When the parts of a first visit arrive, on Lighthouse's slow 4G and with a processor four times
// slower: argument 1 is the folder of the site. Needs Playwright.

import { chromium } from "@playwright/test";
import { CHROMIUM_ARGUMENTS, serve } from "./site.js";

const SLOW_4G = {
  offline: false,
  latency: 150,
  downloadThroughput: (1.6 * 1024 * 1024) / 8,
  uploadThroughput: (750 * 1024) / 8,
};

const site = await serve(process.argv[2], { brotli: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: CHROMIUM_ARGUMENTS,
});
const page = await browser.newPage({ viewport: { width: 412, height: 823 } });
const session = await page.context().newCDPSession(page);
await session.send("Network.enable");
await session.send("Network.emulateNetworkConditions", SLOW_4G);
await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
await page.addInitScript(() => {
  window.seen = { shift: 0 };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.seen.shift += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
  const note = (name, selector) => {
    if (!(name in window.seen) && document.querySelector(selector)) {
      window.seen[name] = performance.now();
      if (name === "page") window.seen.shiftToPage = window.seen.shift;
    }
  };
  const look = () => {
    note("page", "[data-node]");
    note("pod", "[data-pod]");
    note("ready", '[data-pod][data-state="ready"]');
    requestAnimationFrame(look);
  };
  look();
});
await page.goto(site.url);
await page.waitForFunction(() => window.seen.ready, null, { timeout: 120_000, polling: 500 });
await page.waitForFunction(
  () => performance.getEntriesByType("resource").some((it) => /\/later-/.test(it.name)),
  null,
  { timeout: 120_000, polling: 500 },
);
const rows = await page.evaluate(() => {
  const resources = performance.getEntriesByType("resource");
  const end = (pattern) => resources.find((it) => pattern.test(it.name))?.responseEnd;
  const { seen } = window;
  return [
    ["the page's HTML is there", performance.getEntriesByType("navigation")[0].responseEnd],
    ["its style sheet", end(/\.css$/)],
    ["first paint: the frame of the page", performance.getEntriesByType("paint")[0].startTime],
    ["the first part of the module", end(/_bg\.wasm$/)],
    ["the page stands: nodes, the first pods", seen.page],
    ["the cluster has moved: a pod is ready", seen.ready],
    ["the second part of the module", end(/\/later-/)],
  ].map(([name, ms]) => `${String(Math.round(ms)).padStart(6)} ms  ${name}`)
    .concat(`layout shift until the page stands: ${(seen.shiftToPage ?? 0).toFixed(4)}`);
});
console.log(rows.join("\n"));
await browser.close();
await site.close();
