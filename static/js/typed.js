// Keeps what is typed in the forms of a page while its language changes: in this tab alone, and once.
"use strict";

(() => {
  const key = `typed ${location.pathname}`;
  const fields = [
    ...document.querySelectorAll("main form :is(input:not([type=hidden], [type=file]), select, textarea)"),
  ];
  const state = (field) => (/^(checkbox|radio)$/.test(field.type) ? "checked" : "value");

  const kept = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (kept) {
    const values = JSON.parse(kept);
    fields.forEach((field, place) => {
      if (place in values) field[state(field)] = values[place];
    });
  }

  document.querySelector(".portal-languages")?.addEventListener("submit", () => {
    sessionStorage.setItem(key, JSON.stringify(fields.map((field) => field[state(field)])));
  });
})();
