// One evaluation that takes all there is to know of the tags in a frame. The Connectif script
// sees only elements of the document itself; of the awaited tag, the first of `names`, the rest
// is found too, to be explained.
(askScript, createTexts) => ({ key, names, needed, limit, remaining }) => {
  const [awaited] = names;
  // A sandboxed frame without scripts has no notes: no script runs in it, but a tag can stand in it.
  const notes = window[`${key}_notes`] ?? {
    activity: { look: () => [], begun: () => 0 },
    appeared: new WeakMap(),
    changedAt: new WeakMap(),
    removed: new Map(),
    roots: [],
    sent: null,
    documentUrl: location.href,
    routedAt: null,
    loads: 0,
    loadedAt: null,
    readAt: null,
    doneAt: null,
    failed: false,
    violations: [],
  };
  notes.activity.isSignalled = false;
  const token = new RegExp(`class\\s*=\\s*("[^"]*|'[^']*|)(?<![\\w-])${awaited}(?![\\w-])`, "i");

  // A form's controls hide its properties (<input name=children>), and a form with a name those of
  // the document (<form name=title>): everything is asked of the prototype.
  const of = (type, name) => {
    const { get, value } = Object.getOwnPropertyDescriptor(type.prototype, name);
    return get ? (node) => get.call(node) : (node, ...rest) => value.apply(node, rest);
  };
  const children = of(Element, "children");
  const parentOf = of(Node, "parentElement");
  const textOf = of(Node, "textContent");
  const nameOf = of(Element, "localName");
  const namespaceOf = of(Element, "namespaceURI");
  const idOf = of(Element, "id");
  const htmlOf = of(Element, "outerHTML");
  const shadowOf = of(Element, "shadowRoot");
  const attribute = of(Element, "getAttribute");
  const byClass = of(Document, "getElementsByClassName");
  const within = of(Element, "getElementsByClassName");
  const select = (root, selector) =>
    (root === document ? Document : DocumentFragment).prototype.querySelectorAll.call(root, selector);
  const first = of(Element, "querySelector");
  const closest = of(Element, "closest");
  const next = of(Element, "nextElementSibling");
  const previous = of(Element, "previousElementSibling");
  const selectAll = (root, selector) => [...select(root, selector)];

  const top = of(Document, "documentElement")(document);
  // Between one document and the next there is nothing to look at.
  if (!top) return null;

  const step = (element) => {
    const id = idOf(element);
    if (id) return `#${CSS.escape(id)}`;
    const name = CSS.escape(nameOf(element));
    const parent = parentOf(element);
    const twins = parent
      ? [...children(parent)].filter((other) => nameOf(other) === nameOf(element))
      : [];
    return twins.length > 1 ? `${name}:nth-of-type(${twins.indexOf(element) + 1})` : name;
  };
  const cssPath = (element) => {
    const path = [];
    for (let node = element; node; node = parentOf(node)) {
      path.unshift(step(node));
      if (idOf(node)) break;
    }
    return path.join(" > ");
  };

  const readTexts = createTexts();
  const budget = { shown: 2 * limit };

  const type = of(Document, "doctype")(document);
  const page = (type ? new XMLSerializer().serializeToString(type) : "") + htmlOf(top);
  let searched = 0;
  // Where a tag stands in the page as it is now, which is also the page that is kept as evidence.
  const place = (html) => {
    const offset = page.indexOf(html, searched);
    if (offset < 0) return { line: 1, column: 1 };
    searched = offset + 1;
    const before = page.slice(0, offset);
    const lineStart = before.lastIndexOf("\n") + 1;
    return { line: before.split("\n").length, column: offset - lineStart + 1 };
  };

  // A block ends a paragraph, and a table puts out what has no place in it: fields of such a tag
  // stand beside it.
  const beside = (element, step) => {
    const found = [];
    for (let other = step(element); other && found.length < 10; other = step(other))
      found.push(htmlOf(other).slice(0, 10_000));
    return found;
  };
  const nearby = (element) => {
    const name = nameOf(element);
    if (name === "p") return beside(element, next);
    const isPart = ["table", "thead", "tbody", "tfoot", "tr"].includes(name);
    const table = isPart && closest(element, "table");
    if (table) return beside(table, previous);
    const other = next(element);
    const isLeftAlone = other && nameOf(other) === "table" && !first(element, "[class]");
    return isLeftAlone ? beside(element, next).slice(0, 1) : [];
  };

  const FOREIGN = {
    "http://www.w3.org/2000/svg": "svg",
    "http://www.w3.org/1998/Math/MathML": "math",
  };
  const quirks = of(Document, "compatMode")(document) === "BackCompat";
  const tags = [];
  // More of them on one page say nothing new.
  const MOST = 200;
  const MOST_HIDDEN = 1_000;
  const MOST_PATH = 100_000;
  let hidden = 0;
  let room = limit;
  let oversized = 0;
  const add = (placement, whole, css, element, name = awaited, sent = null) => {
    if (placement !== "document" && (hidden += 1) > MOST_HIDDEN) return;
    // One tag inside of the other, each would be as long as the page.
    const full = sent?.html ?? whole;
    const html = full.slice(0, room);
    if (name === awaited && placement === "document" && !tags.length && html !== full)
      oversized = full.length;
    room -= html.length;
    tags.push({
      name,
      placement,
      html,
      css: css.length > MOST_PATH ? "" : css,
      ...place(whole),
      quirks,
      foreign: (element && FOREIGN[namespaceOf(element)]) ?? "",
      texts: sent?.texts ?? (element ? readTexts(element, limit, budget) : {}),
      nearby: element ? nearby(element) : [],
      appeared: (element && notes.appeared.get(element)) ?? null,
      changed: sent ? sent.changed : (element && notes.changedAt.get(element)) ?? null,
    });
  };

  const purchaseIdOf = (element) => {
    const field = within(element, "purchase_id")[0];
    return field && textOf(field).trim();
  };
  // The script asks getElementsByClassName, which in quirks mode ignores case.
  const roots = [...byClass(document, awaited)];
  let isChangedSince = false;
  for (const name of names) {
    searched = 0;
    const here = [...byClass(document, name)].slice(0, MOST);
    // What was sent was read at that moment: later changes of the tag are not recorded. The same
    // purchase in a newer element is the same tag, rendered again.
    const sent = (name === "cn_purchase" && notes.sent) || new Map();
    const ids = new Set([...sent.values()].map(({ id }) => id));
    const newer = here.filter((element) => !sent.has(element) && ids.has(purchaseIdOf(element)));
    const again = new Set(newer.map(purchaseIdOf));
    isChangedSince ||= newer.length > 0;
    for (const [element, { html }] of sent)
      isChangedSince ||= !here.includes(element) || htmlOf(element) !== html;
    for (const element of here)
      if (!newer.includes(element))
        add("document", htmlOf(element), cssPath(element), element, name, sent.get(element));
    for (const [element, kept] of sent)
      if (!here.includes(element) && (!here.length || again.has(kept.id)))
        add("document", kept.html, cssPath(element), element, name, kept);
  }

  const shadows = new Set(notes.roots);
  const walkHidden = (root) => {
    searched = 0;
    for (const element of select(root, "*")) {
      const shadow = shadowOf(element);
      if (shadow) shadows.add(shadow);
      const name = nameOf(element);
      if (element instanceof HTMLTemplateElement) {
        for (const inner of select(of(HTMLTemplateElement, "content")(element), `.${awaited}`))
          add("template", htmlOf(inner), cssPath(element), null);
      } else if (name === "noscript" && token.test(textOf(element))) {
        add("noscript", textOf(element).trim(), cssPath(element), null);
      } else if (element instanceof HTMLTextAreaElement && token.test(element.value)) {
        add("textarea", element.value.trim(), cssPath(element), null);
      }
    }
    const comments = Document.prototype.createTreeWalker.call(document, root, NodeFilter.SHOW_COMMENT);
    while (comments.nextNode()) {
      const comment = comments.currentNode;
      if (token.test(comment.data)) {
        const parent = parentOf(comment);
        add("comment", comment.data.trim(), parent ? cssPath(parent) : "", null);
      }
    }
  };
  walkHidden(document);
  // A Set visits what is added to it while it is walked: shadow roots inside shadow roots.
  for (const root of shadows) {
    for (const element of select(root, `.${awaited}`))
      add("shadow root", htmlOf(element), cssPath(element), element);
    walkHidden(root);
  }

  // A field that is there and empty may be filled in yet; one that is not there is just missing.
  const isFilled = (root) =>
    needed.every((name) => {
      const field = within(root, name)[0];
      return !field || textOf(field).trim() !== "";
    });
  // Chromium puts what HTML nests deeper beside the last level, so a tag there is left empty.
  const DEEPEST = 513;
  const isEmptied = (root) => {
    if (children(root).length || !next(root)) return false;
    let depth = 0;
    for (let node = root; node && depth <= DEEPEST; node = parentOf(node)) depth += 1;
    return depth === DEEPEST;
  };
  // Where XML has an error, a browser shows what it says of it, and what came before.
  const isXml = of(Document, "contentType")(document) !== "text/html";
  const [xmlError] = isXml ? selectAll(document, "html > parsererror, body > parsererror") : [];
  const timing = performance.getEntriesByType("navigation")[0];
  const script = askScript({ notes, select: selectAll, attribute, textOf, limit });
  // What the script reads now is not what it sent.
  if (isChangedSince) script.reading = null;
  return {
    tags,
    blank: tags.length === 0 && select(document, "*").length <= 3,
    filled: roots.every(isFilled),
    oversized,
    emptied: roots.some(isEmptied),
    xmlError: xmlError ? textOf(first(xmlError, "div") ?? xmlError).trim().slice(0, 500) : "",
    readyState: of(Document, "readyState")(document),
    title: of(Document, "title")(document).slice(0, 500),
    domContentLoaded: timing?.domContentLoadedEventEnd || null,
    load: timing?.loadEventEnd || null,
    origin: performance.timeOrigin,
    documentUrl: notes.documentUrl.slice(0, 2_000),
    routed: notes.routedAt,
    removed: notes.removed.get(awaited) ?? null,
    pending: notes.activity.look(remaining),
    begun: notes.activity.begun(),
    script,
  };
}
