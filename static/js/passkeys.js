/* What a passkey could not do, in words. allauth's script reports it; the browser says no more
   than that it did not happen. */
(() => {
  "use strict";

  const WORDS = {
    NotAllowedError: "The passkey was not used: it was canceled, took too long, or this device has none for this site.",
    InvalidStateError: "This device or key has a passkey for you already.",
    SecurityError: "Passkeys do not work at this address. Tell whoever runs this site.",
  };
  const OTHER = "The passkey could not be used. Try again, or use another way.";

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const { exception } = event.detail;
    const words = window.webauthnJSON?.supported() === false ? "This browser knows no passkeys. Use another way." : WORDS[exception?.name] ?? OTHER;
    document.querySelector("[data-passkey-trouble]")?.remove();
    const box = document.createElement("p");
    box.className = "message message-warning";
    box.dataset.passkeyTrouble = "";
    box.setAttribute("role", "alert");
    box.textContent = words;
    document.querySelector("h1").after(box);
  });
})();
