// What look.js asks of the Connectif script: is it there, does it run, what holds it back, and
// what does it make of the page's tags. Nothing is called before the script has read the page
// itself, and whatever the page has put in its place may throw.
({ notes, select, attribute, textOf, limit }) => {
  const LOADER = '[id^="__cn_generic_script__"]';
  const CLIENT =
    '[id^="__cn_client_script_"], [src*="/client-script/"], [src*=".connectif.cloud/"]';
  const ADDRESS = /\.connectif\.cloud\/|\/client-script\//;
  const RUNS = /^$|^module$|^(text|application)\/(x-)?(java|ecma)script$|^text\/(jscript|livescript)$/i;
  const MOST = 50;
  const short = (value) => String(value).slice(0, 200);

  const scripts = select(document, "script");
  const typeOf = (script) => attribute(script, "type")?.trim() ?? "";
  const runs = scripts.filter((script) => RUNS.test(typeOf(script)));
  const isOf = (selectors) => (script) => Element.prototype.matches.call(script, selectors);
  const clients = runs.filter(isOf(CLIENT));
  const loaders = runs.filter(isOf(LOADER));
  // Consent managers give a script another type, or its address another name, until they may run it.
  const isHeld = (script) =>
    isOf(`${LOADER}, ${CLIENT}`)(script) ||
    [...script.attributes].some(({ name, value }) => /src/.test(name) && ADDRESS.test(value)) ||
    ADDRESS.test(textOf(script).slice(0, 20_000));
  const held = scripts.find((script) => {
    const type = typeOf(script);
    const isData = /json|importmap|speculationrules/i.test(type);
    return RUNS.test(type)
      ? [...script.attributes].some(
          ({ name, value }) => /^data-.*src$/.test(name) && ADDRESS.test(value),
        ) && !attribute(script, "src")
      : !isData && isHeld(script);
  });

  const KNOWN = {
    webTrackingEnabled: "boolean",
    autoInitialize: "boolean",
    autoSendEventsOnInit: "boolean",
    trackAllByDefault: "boolean",
    samplingTrackingPercent: "number",
    samplingValue: "number",
    token: "string",
    baseUrl: "string",
  };
  const LISTS = ["allowedDomains", "excludeTracking", "includeTracking"];
  const listOf = (value) =>
    value === undefined || value === null || value === "" ? [] : [value].flat();
  const patternOf = (value) => (value instanceof RegExp ? value : new RegExp(value));
  const matching = (values) =>
    listOf(values).find((value) => {
      try {
        return patternOf(value).test(location.href);
      } catch {
        return false;
      }
    });

  // Read once each: a page may have put anything here.
  const configurationOf = (given) => {
    const found = {};
    for (const [name, type] of Object.entries(KNOWN)) {
      const value = given[name];
      if (typeof value === type && (type !== "number" || Number.isFinite(value)))
        found[name] = type === "string" ? short(value) : value;
    }
    for (const name of LISTS) {
      const list = listOf(given[name]);
      if (list.length) found[name] = list.slice(0, MOST).map(short);
    }
    return found;
  };

  const gatesOf = (given, found) => {
    const shut = {};
    if (found.webTrackingEnabled === false) shut["tracking-off"] = "webTrackingEnabled: false";
    const domains = listOf(given.allowedDomains);
    if (domains.length && !domains.some((domain) => location.href.startsWith(domain)))
      shut["domain-not-allowed"] = `allowedDomains: ${found.allowedDomains.join(", ")}`;
    const excluding = matching(given.excludeTracking);
    if (excluding !== undefined) shut["page-excluded"] = `excludeTracking: ${short(excluding)}`;
    else if (found.trackAllByDefault === false && matching(given.includeTracking) === undefined)
      shut["page-not-included"] =
        "trackAllByDefault: false, includeTracking: " +
        (found.includeTracking?.join(", ") ?? "nothing");
    if (found.samplingTrackingPercent < 100)
      shut["visitors-sampled"] = `samplingTrackingPercent: ${found.samplingTrackingPercent}`;
    if (found.autoInitialize === false && notes.readAt === null)
      shut["script-not-initialised"] = "autoInitialize: false";
    if (found.autoSendEventsOnInit === false)
      shut["events-not-sent"] = "autoSendEventsOnInit: false";
    return shut;
  };

  const guarded = (ask, otherwise) => {
    try {
      return ask();
    } catch {
      return otherwise;
    }
  };

  const given = guarded(() => window.connectifConfiguration, null);
  const isGiven = typeof given === "object" && given !== null;
  const configuration = isGiven ? guarded(() => configurationOf(given), {}) : {};
  const version = guarded(() => window.connectif?.version, null);
  const reading = () => {
    const json = JSON.stringify(window.connectif.getPurchaseEvents(), (_, value) =>
      typeof value === "string" ? value.toWellFormed?.() ?? value : value,
    );
    return json.length <= limit ? json : null;
  };

  return {
    present: clients.length + loaders.length > 0 || notes.loads > 0,
    elements: clients.length,
    loads: notes.loads,
    address: short(attribute(clients[0] ?? document.createElement("i"), "src") ?? ""),
    // One that did load is what counts, whatever became of another.
    failed: notes.failed && notes.loads === 0,
    heldAs: held ? typeOf(held).slice(0, 200) || "data-src" : "",
    version: version === undefined || version === null ? null : guarded(() => short(version), null),
    loaded: notes.loadedAt,
    read: notes.readAt,
    done: notes.doneAt,
    violations: notes.violations,
    configuration,
    shut: isGiven ? guarded(() => gatesOf(given, configuration), {}) : {},
    reading: notes.readAt === null ? null : guarded(reading, null),
  };
}
