// Passkeys: a form with data-passkey asks the device for one, and is then sent with its answer.
"use strict";

(() => {
  const able =
    window.PublicKeyCredential?.parseRequestOptionsFromJSON && navigator.credentials?.create;

  const optionsOf = async (form) => {
    const address = form.dataset.passkeyOptions;
    if (!address) return JSON.parse(document.getElementById("passkey-options").textContent);
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`${answer.status}`);
    return (await answer.json()).request_options;
  };

  const ask = async (form) => {
    const { publicKey } = await optionsOf(form);
    if (form.dataset.passkey === "create") {
      const options = PublicKeyCredential.parseCreationOptionsFromJSON(publicKey);
      return navigator.credentials.create({ publicKey: options });
    }
    const options = PublicKeyCredential.parseRequestOptionsFromJSON(publicKey);
    return navigator.credentials.get({ publicKey: options });
  };

  document.querySelectorAll("form[data-passkey]").forEach((form) => {
    const tell = (trouble) => {
      form.querySelectorAll("[data-passkey-trouble]").forEach((told) => {
        told.hidden = told.dataset.passkeyTrouble !== trouble;
      });
    };
    form.hidden = form.hidden && !able;
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!able) return tell("unable");
      tell("");
      try {
        const credential = await ask(form);
        form.elements.credential.value = JSON.stringify(credential);
        form.submit();
      } catch {
        tell("failed");
      }
    });
  });
})();
