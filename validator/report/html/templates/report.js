"use strict";
(() => {
  const cards = [...document.querySelectorAll(".card")];
  const tools = document.getElementById("tools");
  const search = document.getElementById("search");
  const shown = document.getElementById("shown");
  const verdicts = [...document.querySelectorAll('input[name="verdict"]')];

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const verdict = verdicts.find((input) => input.checked).value;
    let count = 0;
    for (const card of cards) {
      const fits =
        (!verdict || card.dataset.verdict === verdict) &&
        words.every((word) => card.dataset.words.includes(word));
      card.hidden = !fits;
      count += fits;
    }
    const isAll = count === cards.length;
    shown.textContent = isAll ? "" : count ? `${count} of ${cards.length} shown` : "Nothing matches.";
  };

  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const card = target && target.closest(".card");
    if (!card) return;
    if (card.hidden) {
      search.value = "";
      verdicts[0].checked = true;
      filter();
    }
    card.open = true;
    target.scrollIntoView();
    if (target === card) card.querySelector("summary").focus({ preventScroll: true });
  };

  if (cards.length) tools.hidden = false;
  search.addEventListener("input", filter);
  for (const input of verdicts) input.addEventListener("change", filter);
  const setAll = (open) => () => cards.forEach((card) => { if (!card.hidden) card.open = open; });
  document.getElementById("open-all").addEventListener("click", setAll(true));
  document.getElementById("close-all").addEventListener("click", setAll(false));
  window.addEventListener("hashchange", reveal);

  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !event.ctrlKey && !event.metaKey && event.target !== search) {
      event.preventDefault();
      search.focus();
    } else if (event.key === "Escape" && event.target === search) {
      search.value = "";
      filter();
    }
  });

  for (const zoom of document.querySelectorAll(".zoom")) {
    zoom.addEventListener("click", () => {
      const isLarge = zoom.closest(".split").classList.toggle("large");
      zoom.setAttribute("aria-pressed", String(isLarge));
    });
  }

  // The clipboard needs a secure context: a file on this machine is one, plain HTTP is not.
  for (const copy of document.querySelectorAll(".copy")) {
    if (!navigator.clipboard) break;
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(copy.previousElementSibling.textContent.trim());
        copy.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(copy.previousElementSibling);
        copy.textContent = "Selected";
      }
    });
  }

  // Open everything for printing.
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("details:not([open])")].filter((each) => !each.hidden);
    for (const each of closed) each.open = true;
  });
  window.addEventListener("afterprint", () => closed.forEach((each) => { each.open = false; }));

  // A browser may restore the search text on reload.
  filter();
  reveal();
})();
