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

  const show = (title, text) => {
    dispatchEvent(new Event("playgroundfailed"));
    const box = document.getElementById("trouble");
    if (!box || !box.hidden) return;
    box.querySelector("[data-title]").textContent = title;
    box.querySelector("[data-text]").textContent = text;
    box.hidden = false;
    box.querySelector("button").focus();
  };
  const stopped = () =>
    show(
      "The simulation stopped",
      "It ran into a fault of its own. Your text is still in the editor and can be copied; " +
        "starting afresh opens the cluster again.",
    );
  const unloaded = () =>
    show(
      "The page could not be loaded",
      "A part of it did not arrive, or this browser does not run WebAssembly.",
    );
  const judge = (error) => {
    if (error instanceof WebAssembly.RuntimeError) stopped();
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
  addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-afresh]")) {
      location.reload();
    }
  });
})();
