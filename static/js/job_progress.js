// Keeps the page of a job up to date without loading it again, and ends with the job. Without it,
// the page loads itself again.
"use strict";

(() => {
  const PAUSE = 2000; // milliseconds
  const RESULT = ".standing, .errornote";
  const content = () => document.getElementById("content-main");

  const announced = document.createElement("p");
  announced.className = "visually-hidden";
  announced.setAttribute("aria-live", "polite");
  document.body.append(announced);
  const say = (words) => {
    if (words && announced.textContent !== words) announced.textContent = words;
  };

  const update = (page) => {
    const fresh = page.querySelectorAll("[data-fresh]");
    document.querySelectorAll("[data-fresh]").forEach((place, rank) => {
      if (fresh[rank]) place.replaceWith(fresh[rank]);
    });
    say(document.querySelector("[data-said]").dataset.said);
  };

  const end = (page) => {
    const before = content();
    const hadFocus = before.contains(document.activeElement);
    before.replaceWith(page.getElementById("content-main"));
    say(content().querySelector(RESULT)?.textContent.trim().replace(/\s+/g, " "));
    if (!hadFocus) return;
    content().tabIndex = -1;
    content().focus();
  };

  const look = async () => {
    let page;
    try {
      const answer = await fetch(window.location.href, { cache: "no-store" });
      if (answer.redirected || (answer.status >= 400 && answer.status < 500)) {
        window.location.reload(); // signed out meanwhile
        return;
      }
      if (answer.ok) page = new DOMParser().parseFromString(await answer.text(), "text/html");
    } catch {
      page = undefined; // the portal is away: it is asked again
    }
    if (page && !page.querySelector("[data-said]")) {
      end(page);
      return;
    }
    if (page) update(page);
    setTimeout(look, PAUSE);
  };

  if (document.querySelector("[data-said]")) setTimeout(look, PAUSE);
})();
