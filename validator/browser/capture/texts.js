// Gives a function that takes the texts of a tag which its HTML alone would not give. They need the
// live page's layout. The page cannot replace what is saved here before its scripts run.
() => {
  const of = (type, name) => {
    const { get, value } = Object.getOwnPropertyDescriptor(type.prototype, name);
    return get ? (node) => get.call(node) : (node, ...rest) => value.apply(node, rest);
  };
  const { HTMLElement } = window;
  const children = of(Element, "children");
  const textOf = of(Node, "textContent");
  const hasAttribute = of(Element, "hasAttribute");
  const innerText = of(HTMLElement, "innerText");

  // `budget.shown` characters are left: of nested elements each has the text of those inside of it.
  return (root, limit, budget) => {
    const found = {};
    const walk = (element, path) => {
      if (path === "" || hasAttribute(element, "class")) {
        const content = textOf(element);
        const text = ((element instanceof HTMLElement && innerText(element)) || content).trim();
        if (text !== content.trim()) {
          found[path] = text.slice(0, Math.min(budget.shown, limit));
          budget.shown -= found[path].length;
        }
      }
      [...children(element)].forEach((child, index) =>
        walk(child, path === "" ? `${index}` : `${path}/${index}`),
      );
    };
    walk(root, "");
    return found;
  };
}
