// The first script of the page. It sets the theme before anything is painted, promises
// `window.playground` to other scripts, and watches for the one failure that WebAssembly cannot
// report itself: after a trap the instance is dead.
(() => {
  "use strict";

  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const theme = () => {
    let chosen = null;
    try {
      chosen = localStorage.getItem("theme");
    } catch {
      // Storage is forbidden: the system decides.
    }
    const known = chosen === "light" || chosen === "dark";
    root.dataset.theme = known ? chosen : dark.matches ? "dark" : "light";
  };
  theme();
  dark.addEventListener("change", theme);

  // Panes as somebody has left them, so that nothing moves after the first paint.
  const remembered = (key) => {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  };
  const sizes = { "side-width": "--side-w", "drawer-height": "--drawer-h" };
  for (const [key, property] of Object.entries(sizes)) {
    const size = Number(remembered(key));
    if (size > 0) root.style.setProperty(property, `${size}px`);
  }
  for (const pane of ["side", "drawer"]) {
    if (remembered(pane) === "folded") root.dataset[pane] = "folded";
  }

  // What is loaded after the frame of the page waits for this, so that the two do not share a slow
  // line: until the frame is painted, or cannot be (a tab in the background), or takes too long.
  window.firstPaint = new Promise((resolve) => {
    if (document.hidden) resolve();
    addEventListener("visibilitychange", resolve, { once: true });
    setTimeout(resolve, 3000);
    new PerformanceObserver(resolve).observe({ type: "paint", buffered: true });
  });

  let isReady = false;
  const ready = new Promise((resolve, reject) => {
    addEventListener("playgroundready", () => {
      isReady = true;
      resolve(window.playground);
    });
    addEventListener("playgroundfailed", () => reject(new Error("the page did not start")));
  });
  ready.catch(() => {});
  window.playground = { ready };

  // The box with the ways out. Only what is offered is shown.
  const show = (title, text, ways, last) => {
    dispatchEvent(new Event("playgroundfailed"));
    const box = document.getElementById("trouble");
    if (!box || !box.hidden) return;
    const part = (name) => box.querySelector(`[data-${name}]`);
    part("title").textContent = title;
    part("text").textContent = text;
    part("last").hidden = !last;
    part("line").textContent = last ?? "";
    for (const button of box.querySelectorAll("[data-way]")) {
      button.hidden = !ways.includes(button.dataset.way);
    }
    // What is behind the box does not work any more.
    const page = document.getElementById("app");
    if (page) page.inert = true;
    box.hidden = false;
    box.querySelector("button:not([hidden])").focus();
  };
  const stopped = (error) => {
    const isCutOff = error.message.includes("did not arrive");
    const work = window.savedWork;
    const last = work?.last();
    const isSaved = work?.isSaved();
    const typed = work?.texts();
    const kept = isSaved
      ? "What you did and typed is saved."
      : "What you did is not saved; what you typed can be copied.";
    if (isCutOff) {
      const text = `A part of it did not arrive: you may be offline. ${kept}`;
      return show("The page is not complete", text, ["again", typed && "copy-text"]);
    }
    const [goOn, again] = [last && "go-on", isSaved && !last && "again"];
    show(
      "The simulation stopped",
      `It ran into a fault of its own, which is not your mistake. ${kept}`,
      [goOn, again, "afresh", typed && "copy-text", isSaved && "copy-all"],
      last,
    );
  };
  const unloaded = () =>
    show(
      "The page could not be loaded",
      "A part of it did not arrive, or this browser does not run WebAssembly.",
      ["again"],
    );
  const judge = (error) => {
    if (error instanceof WebAssembly.RuntimeError) stopped(error);
    else if (!isReady) unloaded();
  };
  addEventListener(
    "error",
    (event) => {
      const element = event.target;
      if (element instanceof HTMLScriptElement || element instanceof HTMLLinkElement) {
        if (!isReady) unloaded();
      } else {
        judge(event.error);
      }
    },
    true,
  );
  addEventListener("unhandledrejection", (event) => judge(event.reason));

  const copy = async (text) => {
    const said = document.querySelector("#trouble [data-said]");
    try {
      await navigator.clipboard.writeText(text);
      said.textContent = "It is on the clipboard.";
    } catch {
      said.textContent = "This browser does not allow it.";
    }
  };
  const take = {
    "go-on": async () => {
      await window.savedWork.dropLast();
      location.reload();
    },
    again: () => location.reload(),
    afresh: async () => {
      await window.savedWork?.leave();
      location.reload();
    },
    "copy-text": () => copy(window.savedWork.texts()),
    "copy-all": async () => copy(await window.savedWork.all()),
  };
  addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-way]");
    // Whatever happens on the way, the page is opened again.
    if (button) Promise.resolve(take[button.dataset.way]()).catch(() => location.reload());
  });
})();
