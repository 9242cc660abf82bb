// What was seen, as one text: a page may have changed what becomes of objects on their way out
// (Object.prototype.toJSON), and JSON.stringify itself. The one from before its scripts is used.
(seen, stringify) => {
  const packed = (value) => {
    if (typeof value === "string") return value.toWellFormed?.() ?? value;
    if (typeof value !== "object" || value === null) return value;
    const isList = Array.isArray(value);
    const copy = isList ? [] : Object.create(null);
    if (isList) Object.defineProperty(copy, "toJSON", { value: undefined });
    for (const key in value)
      if (Object.hasOwn(value, key)) copy[isList ? copy.length : key] = packed(value[key]);
    return copy;
  };
  return seen === null ? null : stringify(packed(seen));
}
