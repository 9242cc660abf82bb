// Runs in every frame before any script of the page. It watches the document from its first
// byte, so that nothing polls, and tells Python "look now" through a binding; what is to be
// seen is then read by look.js. `key` is the name of both the binding and the notes kept here.
(createActivity, createTexts) => ({ key, names, mostRequests }) => {
  const anyTag = names.map((name) => `.${name}`).join(",");
  // A binding of the browser itself: it takes a text, and needs nothing that the page could change.
  const bell = window[key];
  // The page cannot call what it does not find.
  if (bell) delete window[key];
  // One call until the next look, however much happens: a page may fire events without end.
  const signal = (what) => {
    const { activity } = notes;
    if (activity.isSignalled) return;
    activity.isSignalled = true;
    (bell ?? window[key])?.(what);
  };
  const appeared = new WeakMap();
  const changedAt = new WeakMap();
  const removed = new Map();
  const roots = new Set();
  const notes = {
    activity: createActivity({ key, signal }),
    appeared,
    changedAt,
    removed,
    roots,
    // The purchase tags as they were when a purchase was last sent.
    sent: null,
    // A script reads once in a document, whatever addresses the page takes on after it.
    documentUrl: location.href,
    routedAt: null,
    stringify: JSON.stringify,
    loads: 0,
    loadedAt: null,
    readAt: null,
    doneAt: null,
    failed: false,
    violations: [],
  };
  Object.defineProperty(window, `${key}_notes`, { value: notes });

  // What a page says without end is counted here, before it reaches the browser's protocol: a
  // flood of messages would take the time and the memory of the other pages.
  const MOST_MESSAGES = 500;
  const MOST_CHARS = 2_000;
  const { apply } = Reflect;
  const { slice } = String.prototype;
  let messages = 0;
  for (const name of Object.keys(console)) {
    const original = console[name];
    if (typeof original !== "function") continue;
    console[name] = function (...given) {
      messages += 1;
      if (messages > MOST_MESSAGES) return undefined;
      for (let index = 0; index < given.length; index += 1)
        if (typeof given[index] === "string" && given[index].length > MOST_CHARS)
          given[index] = apply(slice, given[index], [0, MOST_CHARS]);
      return apply(original, this, given);
    };
  }
  let errors = 0;
  const count = (event) => {
    errors += 1;
    if (errors > MOST_MESSAGES) event.preventDefault();
  };
  window.addEventListener("error", count);
  window.addEventListener("unhandledrejection", count);

  // Requests without end would fill the browser's queues, in which those of other pages wait too.
  // No more are made, and the journey ends.
  let requests = 0;
  const isExcess = () => {
    requests += 1;
    if (requests === mostRequests + 1) (bell ?? window[key])?.("excess");
    return requests > mostRequests;
  };
  const bounded = (object, name, refuse, before = () => {}) => {
    const found = Object.getOwnPropertyDescriptor(object, name);
    const traps = {
      apply(native, self, given) {
        if (isExcess()) return refuse();
        try {
          before(self, given);
        } catch {
          // What the page has replaced must not keep its requests from being made.
          notes.sent = null;
        }
        return apply(native, self, given);
      },
    };
    Object.defineProperty(object, name, { ...found, value: new Proxy(found.value, traps) });
  };
  const { Promise: Promised } = window;
  const isAddress = (address) =>
    /\.connectif\.cloud[:/]|\/client-script\/|\/scrippet-notification\//.test(address);
  const { get: outerHtml } = Object.getOwnPropertyDescriptor(Element.prototype, "outerHTML");
  const { getElementsByClassName: byClass } = Document.prototype;
  const { getElementsByClassName: within } = Element.prototype;
  const readTexts = createTexts();
  const MOST_SENT = 20;
  const MOST_SENT_TAGS = 50;
  const MOST_SENT_CHARS = 200_000;
  let sent = 0;
  // The Connectif script reads and sends in one task: at this moment the tags are as it read them.
  const keepSent = (address, body) => {
    if (typeof address !== "string" || typeof body !== "string") return;
    if (!isAddress(address) || !body.includes('"purchase"')) return;
    sent += 1;
    const tags = [...apply(byClass, document, ["cn_purchase"])];
    notes.sent = null;
    if (sent > MOST_SENT || tags.length > MOST_SENT_TAGS) return;
    const budget = { shown: MOST_SENT_CHARS };
    const kept = new Map();
    // The observer has not been told of the last changes yet.
    inspect(true);
    for (const element of tags) {
      const html = apply(outerHtml, element, []);
      const [field] = apply(within, element, ["purchase_id"]);
      if (html.length > MOST_SENT_CHARS) return;
      kept.set(element, {
        html,
        id: field && textContent.call(field).trim(),
        texts: readTexts(element, MOST_SENT_CHARS, budget),
        changed: changedAt.get(element) ?? null,
      });
    }
    notes.sent = kept;
  };
  const addresses = new WeakMap();
  const { open } = XMLHttpRequest.prototype;
  const opened = {
    apply(native, self, given) {
      if (typeof given[1] === "string") addresses.set(self, given[1]);
      return apply(native, self, given);
    },
  };
  Object.defineProperty(XMLHttpRequest.prototype, "open", {
    ...Object.getOwnPropertyDescriptor(XMLHttpRequest.prototype, "open"),
    value: new Proxy(open, opened),
  });
  const refuseFetch = () => new Promised(() => {});
  bounded(window, "fetch", refuseFetch, (_, [address, options]) => keepSent(address, options?.body));
  bounded(
    XMLHttpRequest.prototype,
    "send",
    () => undefined,
    (request, [body]) => keepSent(addresses.get(request), body),
  );
  bounded(Navigator.prototype, "sendBeacon", () => false, (_, [url, body]) => keepSent(url, body));
  bounded(History.prototype, "pushState", () => undefined);
  bounded(History.prototype, "replaceState", () => undefined);

  // A form's controls can hide its properties: everything is asked of the prototype.
  const { getAttribute, matches, querySelectorAll } = Element.prototype;
  const textContent = Object.getOwnPropertyDescriptor(Node.prototype, "textContent").get;
  // What the Connectif script would read of a tag, near enough to tell whether it is the same.
  const textOf = (element) =>
    [element, ...querySelectorAll.call(element, "[class]")]
      .map((each) => `${getAttribute.call(each, "class")} ${textContent.call(each).trim()}`)
      .join("\n");
  const nameOf = (element) => names.find((name) => matches.call(element, `.${name}`)) ?? names[0];
  const known = new Map();
  const inspect = (isChanged) => {
    const now = performance.now();
    const found = new Set();
    for (const root of [document, ...roots])
      for (const element of root.querySelectorAll(anyTag)) found.add(element);
    const gone = [...known].filter(([element]) => !found.has(element));
    const isNew = [...found].some((element) => !known.has(element));
    if (!isNew && !gone.length && !isChanged) return false;
    for (const [element] of gone) known.delete(element);
    for (const element of found) {
      const text = textOf(element);
      const before = known.get(element);
      known.set(element, text);
      if (before !== undefined) {
        if (before !== text) changedAt.set(element, now);
        continue;
      }
      // A page that renders a tag again, with the same text, has had it all the time.
      const twin = gone.findIndex(([, other]) => other === text);
      const [[old] = []] = twin < 0 ? [] : gone.splice(twin, 1);
      appeared.set(element, appeared.get(old) ?? now);
      if (changedAt.has(old)) changedAt.set(element, changedAt.get(old));
    }
    for (const [element] of gone) removed.set(nameOf(element), now);
    return true;
  };

  // Once a tag is there, only a change inside it matters: fields that are filled in later.
  const isInside = ({ target }) => {
    const element = target instanceof Element ? target : target.parentElement;
    return Boolean(element?.closest(anyTag));
  };
  const changed = (mutations) => {
    // document.open() takes all listeners away with the old content.
    if (document.documentElement !== top) listen();
    if (!inspect(mutations.some(isInside))) return;
    notes.activity.restart();
    signal("changed");
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

  const moments = {
    "connectif.loaded": "loadedAt",
    "connectif.managed.initialized": "readAt",
    "connectif.initialized": "doneAt",
  };
  const onEvent = ({ type }) => {
    if (type in moments) notes[moments[type]] ??= performance.now();
    if (type === "connectif.loaded") notes.loads += 1;
    signal(type);
  };
  // An address counts as another page by its path, or by a path in its fragment.
  const routeOf = ({ pathname, hash }) => pathname + (/^#[!/]/.test(hash) ? hash : "");
  let route = routeOf(location);
  let query = location.search;
  window.navigation?.addEventListener("currententrychange", ({ navigationType }) => {
    const isOther = routeOf(location) !== route;
    if (isOther || (navigationType === "push" && location.search !== query))
      notes.routedAt = performance.now();
    route = routeOf(location);
    query = location.search;
  });
  const isConnectif = ({ id = "", src = "" }) =>
    /^__cn_(client_script_|generic_script__)/.test(id) || isAddress(src);
  // Failures to load do not bubble, but they can be caught on the way down.
  const onError = ({ target }) => {
    if (target instanceof HTMLScriptElement && isConnectif(target)) {
      notes.failed = true;
      signal("failed");
    }
  };
  const noteViolation = ({ target, disposition, blockedURI, effectiveDirective: directive }) => {
    const isOurs =
      isAddress(blockedURI) ||
      (target instanceof HTMLScriptElement &&
        (isConnectif(target) || isAddress(textContent.call(target).slice(0, 20_000))));
    if (disposition === "report" || !isOurs || notes.violations.length >= 10) return;
    const blocked = blockedURI.slice(0, 500);
    const isNoted = notes.violations.some(
      (other) => other.directive === directive && other.blocked === blocked,
    );
    // A page that tries again and again must not take the place of what else is forbidden.
    if (!isNoted) notes.violations.push({ directive, blocked });
    signal("violation");
  };
  let top = null;
  const listen = () => {
    top = document.documentElement;
    for (const event of [...Object.keys(moments), "DOMContentLoaded"])
      document.addEventListener(event, onEvent);
    window.addEventListener("load", onEvent);
    window.addEventListener("error", onError, true);
    // On the way down, so that no listener of the page can stop the event before.
    window.addEventListener("securitypolicyviolation", noteViolation, true);
  };
  listen();
}
