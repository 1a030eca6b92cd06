// The second part of the simulation, which a first visit can do without: `cargo xtask build` puts
// this behind what wasm-bindgen writes, with the numbers and the name in place of the capitals.
const laterUrl = new URL("LATER_NAME", import.meta.url);

let hasLaterStyles = false;
const linkLaterStyles = () => {
  if (hasLaterStyles) return;
  hasLaterStyles = true;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("LATER_STYLES", import.meta.url).href;
  document.head.append(link);
};

const instantiateLater = (module) => {
  if (wasm.loaded.value) return;
  const table = {};
  for (let index = 0; index < LATER_COUNT; index += 1) {
    table[index] = wasm.table.get(LATER_START + index);
  }
  new WebAssembly.Instance(module, { ...__wbg_get_imports(), first: wasm, table });
  // Not now: the module may wait in the middle of a call.
  setTimeout(() => self.dispatchEvent(new Event("page-whole")));
};

// In good time: once the page stands and the browser has nothing better to do.
const fetchLater = async () => {
  linkLaterStyles();
  try {
    const response = await fetch(laterUrl, { priority: "low" });
    if (response.ok) instantiateLater(await WebAssembly.compile(await response.arrayBuffer()));
  } catch {
    // What needs it asks again.
  }
};

// Not before something has been painted.
const fetchLaterWhenIdle = () => {
  const idle = self.requestIdleCallback ?? setTimeout;
  const painted = new PerformanceObserver(() => {
    painted.disconnect();
    idle(fetchLater, { timeout: 2000 });
  });
  painted.observe({ type: "paint", buffered: true });
};

// At once: somebody was faster. The module waits in the middle of a call, so this must not wait.
const loadLater = () => {
  linkLaterStyles();
  const request = new XMLHttpRequest();
  request.open("GET", laterUrl, false);
  // Bytes as letters: a request that blocks may not answer with a buffer.
  request.overrideMimeType("text/plain; charset=x-user-defined");
  let text = "";
  try {
    request.send();
    if (request.status < 300) text = request.responseText;
  } catch {
    // Said below.
  }
  // As a trap, because that is what it is for the module.
  if (!text) throw new WebAssembly.RuntimeError("a part of the page did not arrive");
  const bytes = Uint8Array.from(text, (letter) => letter.charCodeAt(0) & 255);
  instantiateLater(new WebAssembly.Module(bytes));
};
