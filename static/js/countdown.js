// Counts down to each opening of results by the server's clock. Without it the page says the hour.
"use strict";

(() => {
  const SPREAD = 20000; // milliseconds over which visitors are told, so that they do not all come back at once

  const inWords = (seconds) => {
    const minutes = Math.floor(seconds / 60);
    const hours = Math.floor(minutes / 60);
    const padded = (number) => String(number).padStart(2, "0");
    return hours
      ? `${hours}\u00a0h ${padded(minutes % 60)}\u00a0min`
      : `${minutes}\u00a0min ${padded(seconds % 60)}\u00a0s`;
  };

  // The page of who waits says that the wait is over: in its title, heading, lead and first button.
  const turnPage = (opening) => {
    document.title = opening.dataset.openTitle;
    const changed = document.querySelectorAll("[data-at-the-hour]");
    changed.forEach((place) => { place.textContent = place.dataset.atTheHour; });
    document.querySelector(".fr-text--lead").after(document.querySelector("[data-comes-first]"));
  };

  const announce = (opening) => {
    opening.querySelector("[data-countdown]").hidden = true;
    const announcement = opening.querySelector("[data-open-announcement]");
    announcement.textContent = announcement.dataset.openAnnouncement;
    const link = opening.querySelector("[data-open-link]");
    if (link) link.hidden = false;
    if (opening.dataset.openTitle) turnPage(opening);
  };

  const follow = (opening) => {
    const opensAt = Date.parse(opening.dataset.opensAt);
    const serverAhead = Date.parse(opening.dataset.now) - Date.now();
    const left = opening.querySelector("[data-countdown-left]");
    const tick = () => {
      const seconds = Math.ceil((opensAt - Date.now() - serverAhead) / 1000);
      if (seconds <= 0) {
        setTimeout(announce, Math.random() * SPREAD, opening);
        return;
      }
      if (seconds < 48 * 3600) left.textContent = inWords(seconds);
      setTimeout(tick, 1000);
    };
    tick();
  };

  document.querySelectorAll("[data-opens-at]").forEach(follow);
})();
