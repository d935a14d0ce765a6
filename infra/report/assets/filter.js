/* global document, window */
/* The search fields; without this script everything is there, in <details> that open by themselves. */
(() => {
  "use strict";
  const targets = {
    policies: () => document.querySelectorAll("#policies li[data-find]"),
    resources: () => document.querySelectorAll("#resources tbody tr"),
  };

  function textOf(element) {
    return (element.dataset.find ?? element.textContent ?? "").toLowerCase();
  }

  for (const form of document.querySelectorAll("form.filter")) {
    const field = form.querySelector("input");
    const count = form.querySelector(".count");
    const items = [...targets[field.dataset.filter]()];
    if (items.length === 0) continue;
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    field.addEventListener("input", () => {
      const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const item of items) {
        const fits = words.every((word) => textOf(item).includes(word));
        item.hidden = !fits;
        if (fits) shown += 1;
      }
      for (const group of form.closest("section").querySelectorAll("details.group")) {
        const some = group.querySelector("tbody tr:not([hidden])") !== null;
        group.hidden = !some;
        if (words.length > 0) group.open = some;
      }
      count.textContent = words.length === 0 ? "" : `${shown} of ${items.length}`;
    });
  }

  /* A link to a row of a closed table opens it. */
  function reveal() {
    const target = document.getElementById(decodeURIComponent(window.location.hash.slice(1)));
    const closed = target?.closest("details:not([open])");
    if (closed) {
      closed.open = true;
      target.scrollIntoView();
    }
  }
  window.addEventListener("hashchange", reveal);
  reveal();

  /* On paper nothing can be opened. */
  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details[data-print]:not([open])")];
    for (const one of opened) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
  });
})();
