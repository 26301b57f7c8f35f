// Shows hours in the reader's own time beside those of Paris, where they differ.
"use strict";

(() => {
  const { lang } = document.documentElement;
  const language = lang === "en" ? "en-GB" : lang;
  const day = { weekday: "long", day: "numeric", month: "long" };

  const show = (place) => {
    const moment = new Date(place.dataset.ownHour);
    const form = { hour: "numeric", minute: "2-digit", ...("clock" in place.dataset ? {} : day) };
    const inWords = (zone) => new Intl.DateTimeFormat(language, { ...form, ...zone }).format(moment);
    const own = inWords({});
    if (own === inWords({ timeZone: "Europe/Paris" })) return;
    place.textContent = ` (${place.dataset.words.replace("{hour}", own)})`;
    place.hidden = false;
  };

  document.querySelectorAll("[data-own-hour]").forEach(show);
})();
