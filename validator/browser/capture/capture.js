// Runs in every frame before any script of the page. It watches the document from its first
// byte, so that nothing polls, and tells Python "look now" through a binding; what is to be
// seen is then read by look.js. `key` is the name of both the binding and the notes kept here.
(({ key, names }) => {
  const anyTag = names.map((name) => `.${name}`).join(",");
  // A binding of the browser itself: it takes a text, and needs nothing that the page could change.
  const bell = window[key];
  const signal = (what) => (bell ?? window[key])?.(what);
  const appeared = new WeakMap();
  const roots = new Set();
  const notes = {
    appeared,
    roots,
    stringify: JSON.stringify,
    loads: 0,
    loadedAt: null,
    readAt: null,
    doneAt: null,
    failed: false,
    violations: [],
  };
  Object.defineProperty(window, `${key}_notes`, { value: notes });

  const seen = new WeakSet();
  let there = 0;
  const inspect = () => {
    const now = performance.now();
    let isNew = false;
    let found = 0;
    for (const root of [document, ...roots]) {
      for (const element of root.querySelectorAll(anyTag)) {
        found += 1;
        if (seen.has(element)) continue;
        seen.add(element);
        appeared.set(element, now);
        isNew = true;
      }
    }
    // One that is taken away is news too, where none is expected.
    const isFewer = found < there;
    there = found;
    return isNew || isFewer;
  };

  // Once a tag is there, only a change inside it matters: fields that are filled in later.
  const isInside = ({ target }) => {
    const element = target instanceof Element ? target : target.parentElement;
    return Boolean(element?.closest(anyTag));
  };
  const changed = (mutations) => {
    if (inspect() || mutations.some(isInside)) signal("changed");
  };
  const watch = (root) => {
    new MutationObserver(changed).observe(root, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ["class"],
    });
  };
  watch(document);

  // A shadow root, open or closed, is out of reach for an observer of the document.
  const attachShadow = Element.prototype.attachShadow;
  Element.prototype.attachShadow = function (options) {
    const root = attachShadow.call(this, options);
    roots.add(root);
    watch(root);
    return root;
  };

  const note = (event, field) =>
    document.addEventListener(event, () => {
      notes[field] ??= performance.now();
      signal(event);
    });
  note("connectif.loaded", "loadedAt");
  note("connectif.managed.initialized", "readAt");
  note("connectif.initialized", "doneAt");
  document.addEventListener("connectif.loaded", () => {
    notes.loads += 1;
  });
  document.addEventListener("DOMContentLoaded", () => signal("interactive"));
  window.addEventListener("load", () => signal("complete"));
  const isConnectif = ({ id = "", src = "" }) =>
    /^__cn_(client_script_|generic_script__)/.test(id) || isAddress(src);
  const isAddress = (address) =>
    /\.connectif\.cloud[:/]|\/client-script\/|\/scrippet-notification\//.test(address);
  // Failures to load do not bubble, but they can be caught on the way down.
  window.addEventListener(
    "error",
    ({ target }) => {
      if (target instanceof HTMLScriptElement && isConnectif(target)) {
        notes.failed = true;
        signal("failed");
      }
    },
    true,
  );
  const noteViolation = ({ target, disposition, blockedURI, effectiveDirective: directive }) => {
    const isOurs =
      isAddress(blockedURI) || (target instanceof HTMLScriptElement && isConnectif(target));
    if (disposition === "report" || !isOurs || notes.violations.length >= 10) return;
    const blocked = blockedURI.slice(0, 500);
    const isNoted = notes.violations.some(
      (other) => other.directive === directive && other.blocked === blocked,
    );
    // A page that tries again and again must not take the place of what else is forbidden.
    if (!isNoted) notes.violations.push({ directive, blocked });
    signal("violation");
  };
  // On the way down, so that no listener of the page can stop the event before.
  window.addEventListener("securitypolicyviolation", noteViolation, true);
})
