// Audits dist/ as a phone on a slow network sees it, and prints the median of several runs.
// Arguments: the folder of the site, the lighthouse program, how many runs.

import { spawn } from "node:child_process";
import { CHROMIUM_ARGUMENTS, serve } from "./site.js";

const [folder, lighthouse, runs] = process.argv.slice(2);
const CATEGORIES = ["performance", "accessibility", "best-practices", "seo"];
/** What must be reached; the rest is printed. */
const WANTED = { performance: 95, accessibility: 100, "best-practices": 100 };
const METRICS = [
  "first-contentful-paint",
  "largest-contentful-paint",
  "speed-index",
  "total-blocking-time",
  "cumulative-layout-shift",
];

async function audit(url) {
  const args = [url, "--output=json", "--quiet", `--only-categories=${CATEGORIES}`];
  args.push(`--chrome-flags=${CHROMIUM_ARGUMENTS.join(" ")}`);
  const environment = { ...process.env, CHROME_PATH: process.env.CHROMIUM };
  const child = spawn(lighthouse, args, { env: environment, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk) => (text += chunk));
  const code = await new Promise((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`lighthouse ended with ${code}`);
  return JSON.parse(text);
}

const median = (numbers) => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)];

const site = await serve(folder, { brotli: true });
const reports = [];
for (let run = 0; run < Number(runs); run += 1) reports.push(await audit(site.url));
await site.close();

let missed = false;
for (const name of CATEGORIES) {
  const scores = reports.map((it) => Math.round(it.categories[name].score * 100));
  const score = median(scores);
  const wanted = WANTED[name];
  missed ||= wanted !== undefined && score < wanted;
  const wants = wanted === undefined ? "" : `, wanted ${wanted}`;
  console.log(`${String(score).padStart(4)}  ${name} (median of ${scores.join(" ")}${wants})`);
}
for (const name of METRICS) {
  const value = median(reports.map((it) => it.audits[name].numericValue));
  const unit = reports[0].audits[name].numericUnit === "millisecond" ? " ms" : "";
  console.log(`      ${name}: ${unit ? Math.round(value) : value.toFixed(3)}${unit}`);
}
const last = reports[reports.length - 1];
for (const name of CATEGORIES) {
  for (const { id, weight } of last.categories[name].auditRefs) {
    const { score, title, displayValue = "" } = last.audits[id];
    if (weight > 0 && score !== null && score < 0.9) {
      console.log(`  not perfect: ${name}: ${title} ${displayValue}`);
    }
  }
}
process.exitCode = missed ? 1 : 0;
