// Wakes a look at a page that somebody else drives: `window[key].next` is fulfilled when something
// changes that a tag may depend on. It runs again in every document, or once in one that is open.
((key) => {
  if (window[key]) return;
  const waiting = new Set();
  const signal = () => {
    signal.changes += 1;
    for (const wake of waiting) wake();
    waiting.clear();
  };
  signal.changes = 0;
  signal.next = (seen, ms) =>
    signal.changes !== seen
      ? Promise.resolve()
      : new Promise((resolve) => {
          waiting.add(resolve);
          setTimeout(resolve, ms);
        });
  Object.defineProperty(window, key, { value: signal });
  const changes = { subtree: true, childList: true, characterData: true, attributes: true };
  new MutationObserver(signal).observe(document, { ...changes, attributeFilter: ["class"] });
  // What the page sends shows here once it is answered.
  new PerformanceObserver(signal).observe({ type: "resource" });
  document.addEventListener("DOMContentLoaded", signal);
  window.addEventListener("load", signal);
  for (const name of ["connectif.loaded", "connectif.managed.initialized", "connectif.initialized"])
    document.addEventListener(name, signal);
})
