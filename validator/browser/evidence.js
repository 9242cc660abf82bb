(paths) => {
  const boxOf = (element) => element.getBoundingClientRect();
  const isSeen = (element) => boxOf(element).width > 0 && boxOf(element).height > 0;
  const place = (css) => {
    let element;
    try {
      element = document.querySelector(css);
    } catch {
      return null;
    }
    if (!element) return null;
    if (isSeen(element)) {
      const box = boxOf(element);
      return { css, x: box.left + scrollX, y: box.top + scrollY, width: box.width, height: box.height, shown: true };
    }
    // What takes no room is between what stands before it and what stands after it.
    let child = element;
    let parent = element.parentElement;
    while (parent && !isSeen(parent)) {
      child = parent;
      parent = parent.parentElement;
    }
    if (!parent) return null;
    let before = child.previousElementSibling;
    while (before && !isSeen(before)) before = before.previousElementSibling;
    const box = boxOf(parent);
    const y = (before ? boxOf(before).bottom : box.top) + scrollY;
    return { css, x: box.left + scrollX, y, width: box.width, height: 0, shown: false };
  };
  const root = document.documentElement;
  return {
    width: Math.max(root.clientWidth, root.scrollWidth),
    height: Math.max(root.clientHeight, root.scrollHeight),
    viewport: [innerWidth, innerHeight],
    marks: paths.map(place).filter(Boolean),
  };
}
