// Keeps account of what a page has begun and not finished: timers, animation frames, idle
// callbacks, tasks, animations that end, connections whose next message may come soon. A page with
// nothing on this account, and with no request under way, does not change by itself any more. It
// runs in every frame before any script of the page and returns the account; `signal` is called when
// nothing is left.
({ key, signal }) => {
  // Work that repeats in the same way counts no longer after so much of it: a clock, a carousel, a
  // poll. The times are those that the page asked for: the speed of the machine plays no part.
  const ROUTINE_MS = 2_000;
  const ROUTINE_LEAST = 3;
  const ROUTINE_MOST = 200;
  const SHORTEST_MS = 4;
  const FRAME_MS = 16;
  const IDLE_MS = 50;
  // A connection that stays open may bring something once. It is waited for this long.
  const FIRST_MESSAGE_MS = 2_000;
  // And for the message after one that came.
  const NEXT_MESSAGE_MS = 1_000;
  const MOST_ANIMATIONS = 200;
  const MOST_SHOWN = 10;
  const MOST_PLACES = 5_000;

  // The page may replace these later.
  const { setTimeout, requestIdleCallback, Error, EventTarget, Promise, Proxy } = window;
  const { apply, construct, defineProperty, getOwnPropertyDescriptor } = Reflect;
  const { then } = Promise.prototype;
  const listen = EventTarget.prototype.addEventListener;
  const now = performance.now.bind(performance);
  // After what the page itself has promised so far.
  const soon = (run) => apply(then, Promise.resolve(), [run]);

  // No callback is ever called in a document whose sandbox forbids scripts. Its origin is opaque,
  // and its parser reads what is in <noscript>.
  const runsScripts = () => {
    if (window.origin !== "null") return true;
    try {
      const probe = document.createElement("div");
      probe.innerHTML = "<noscript><i></i></noscript>";
      return !probe.querySelector("i");
    } catch {
      return true;
    }
  };

  const createAccount = () => {
    const pending = new Set();
    const fired = new Map();
    let begun = 0;
    let isIdle = true;
    let until = Infinity;
    const isRoutine = ({ place, what }) => {
      const { count, ms } = fired.get(place) ?? { count: 0, ms: 0 };
      // One that repeats by its nature needs no more proof that it does.
      const least = what === "an interval" ? 1 : ROUTINE_LEAST;
      return (count >= least && ms >= ROUTINE_MS) || count >= ROUTINE_MOST;
    };
    const counts = (each) => each.due <= until && !isRoutine(each);
    return {
      begin(each) {
        pending.add(each);
        if (counts(each)) {
          begun += 1;
          isIdle = false;
        }
        return each;
      },
      fire({ place, ms }) {
        if (fired.size > MOST_PLACES) fired.clear();
        const before = fired.get(place) ?? { count: 0, ms: 0 };
        fired.set(place, { count: before.count + 1, ms: before.ms + Math.max(ms, SHORTEST_MS) });
      },
      end(each) {
        pending.delete(each);
      },
      begun: () => begun,
      // Tells whether something was awaited until now.
      settle() {
        if (isIdle || [...pending].some(counts)) return false;
        isIdle = true;
        return true;
      },
      // A change of a tag makes news of what repeats.
      restart() {
        fired.clear();
      },
      // Forgets what can not happen any more: its document is gone.
      forget(owner) {
        for (const each of pending) if (each.owner === owner) pending.delete(each);
      },
      // What is pending and due within some milliseconds, the next first.
      look(within) {
        until = now() + within;
        const shown = [...pending].filter(counts).sort((one, other) => one.due - other.due);
        isIdle = shown.length === 0;
        return shown.slice(0, MOST_SHOWN).map(({ what, ms }) => ({ what, ms: Math.round(ms) }));
      },
    };
  };

  // A frame of the same origin can change the page around it: they have one account.
  const findOuter = () => {
    try {
      return window.top === window ? null : window.top[`${key}_notes`]?.activity ?? null;
    } catch {
      return null; // of another origin
    }
  };
  const account = findOuter() ?? createAccount();
  const owner = {};
  if (window.top !== window) listen.call(window, "pagehide", () => account.forget(owner));

  // The place in the page's code at which something is begun is what repeats.
  const placeOf = (what, ms) => {
    const { stack } = new Error();
    // Roughly the same time: some pages add a random part to it.
    return `${what} ${Math.round(Math.log2(ms + 1))} ${typeof stack === "string" ? stack : ""}`;
  };
  const begin = (what, ms) =>
    account.begin({ what, ms, owner, due: now() + ms, place: placeOf(what, ms) });
  const settle = () => {
    if (account.settle()) signal("idle");
  };
  const end = (begun) => {
    account.end(begun);
    settle();
  };
  // Longer times are none to a browser.
  const delayOf = (ms) => (Number(ms) > 0 && Number(ms) < 2 ** 31 ? Number(ms) : 0);

  // A Proxy looks and prints like the function that it stands for.
  const wrap = (object, name, traps) => {
    const found = getOwnPropertyDescriptor(object, name);
    if (typeof found?.value === "function")
      defineProperty(object, name, { ...found, value: new Proxy(found.value, traps) });
  };

  const begunById = { timer: new Map(), frame: new Map(), idle: new Map() };
  const schedule = (what, kind, msOf, repeats = false) => ({
    apply(native, self, [callback, ...rest]) {
      const begun = begin(what, msOf(rest[0]));
      if (typeof callback !== "function") {
        // The text of a script: a timer of the same time comes right after it.
        const id = apply(native, self, [callback, ...rest]);
        apply(native, self, [() => { account.fire(begun); end(begun); }, ...rest]);
        return id;
      }
      const run = function (...given) {
        account.fire(begun);
        if (repeats) begun.due = now() + begun.ms;
        else begunById[kind].delete(id);
        try {
          return apply(callback, this, given);
        } finally {
          // What it begins in its turn is on the account by then.
          soon(() => (repeats ? settle() : end(begun)));
        }
      };
      const id = apply(native, self, [run, ...rest]);
      begunById[kind].set(id, begun);
      return id;
    },
  });
  const cancel = (kind) => ({
    apply(native, self, given) {
      const begun = begunById[kind].get(Number(given[0]));
      begunById[kind].delete(Number(given[0]));
      if (begun) end(begun);
      return apply(native, self, given);
    },
  });
  wrap(window, "setTimeout", schedule("a timer", "timer", delayOf));
  wrap(window, "setInterval", schedule("an interval", "timer", delayOf, true));
  wrap(window, "clearTimeout", cancel("timer"));
  wrap(window, "clearInterval", cancel("timer"));
  wrap(window, "requestAnimationFrame", schedule("an animation frame", "frame", () => FRAME_MS));
  wrap(window, "cancelAnimationFrame", cancel("frame"));
  wrap(window, "requestIdleCallback", schedule("an idle callback", "idle", () => IDLE_MS));
  wrap(window, "cancelIdleCallback", cancel("idle"));
  if (window.Scheduler)
    wrap(window.Scheduler.prototype, "postTask", {
      apply(native, self, given) {
        const begun = begin("a task", delayOf(given[1]?.delay));
        const promised = apply(native, self, given);
        const over = () => {
          account.fire(begun);
          soon(() => end(begun));
        };
        apply(then, promised, [over, over]);
        return promised;
      },
    });

  for (const name of ["WebSocket", "EventSource", "Worker"])
    wrap(window, name, {
      construct(native, given, target) {
        const made = construct(native, given, target);
        const expect = (what, ms) => {
          const expected = begin(`the ${what} message of a ${name}`, ms);
          setTimeout(() => end(expected), ms);
          return expected;
        };
        let expected = expect("first", FIRST_MESSAGE_MS);
        const over = () => {
          const ended = expected;
          setTimeout(() => end(ended), 0);
        };
        listen.call(made, "message", () => {
          over();
          account.fire(expected);
          expected = expect("next", NEXT_MESSAGE_MS);
        });
        for (const event of ["error", "close"]) listen.call(made, event, over);
        return made;
      },
    });

  // Animations, and the transitions of style sheets, tell the page when they end.
  const { getAnimations } = Document.prototype;
  const getterOf = (type, name) => getOwnPropertyDescriptor(type.prototype, name).get;
  const [stateOf, effectOf, timeOf, finishedOf] = [
    "playState",
    "effect",
    "currentTime",
    "finished",
  ].map((name) => getterOf(Animation, name));
  const { getComputedTiming } = AnimationEffect.prototype;
  const animations = new WeakSet();
  const noteAnimations = () => {
    for (const each of apply(getAnimations, document, []).slice(0, MOST_ANIMATIONS)) {
      const effect = apply(effectOf, each, []);
      if (animations.has(each) || !effect || apply(stateOf, each, []) !== "running") continue;
      animations.add(each);
      const left = apply(getComputedTiming, effect, []).endTime - (apply(timeOf, each, []) ?? 0);
      // One without an end, or one that follows the scrolling.
      if (!(left >= 0 && left < Infinity)) continue;
      const begun = begin("an animation", left);
      const over = () => {
        account.fire(begun);
        setTimeout(() => end(begun), FRAME_MS);
      };
      apply(then, apply(finishedOf, each, []), [over, over]);
    }
  };
  if (!findOuter()) {
    const { look } = account;
    account.look = (within) => {
      noteAnimations();
      return look(within);
    };
  }

  // Whether a look has been asked for that is not taken yet.
  account.isSignalled ??= false;
  // Two idle periods: what ended last has then had its consequences.
  account.turn ??= () =>
    runsScripts() &&
    new Promise((resolve) => {
      const idle = (next) => apply(requestIdleCallback, window, [next, { timeout: 200 }]);
      idle(() => idle(resolve));
    });
  return account;
}
