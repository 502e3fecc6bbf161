/* Beside every password: a button that shows it. Beside a new one: how good it is, by length and
   by what is easily guessed; the server decides. */
(() => {
  "use strict";

  const EASY = /(.)\1{2,}|(?:0123|1234|2345|3456|4567|5678|6789|abcd|qwer|asdf|yxcv|zxcv)|pass(?:word|wort)?|tumor|board|(?:19|20)\d\d/gi;
  const MIN = 12;

  /* Characters that somebody would have to guess: easy runs count as one, repeated words once. */
  function weight(text) {
    const rest = text.replace(EASY, "\u0000");
    const words = rest.toLowerCase().split(/[\s_.,-]+/).filter(Boolean);
    return [...new Set(words)].reduce((sum, word) => sum + new Set(word).size, 0);
  }

  function words(text) {
    if (!text) return "";
    if (text.length < MIN) return `${MIN - text.length} more character${MIN - text.length === 1 ? "" : "s"} needed.`;
    const strength = weight(text);
    if (strength < 10) return "Weak: easily guessed. Add words that do not belong together.";
    if (strength < 15) return "Fair. Longer is better: a fourth word, for instance.";
    return "Strong.";
  }

  for (const input of document.querySelectorAll("input[type='password']")) {
    const line = document.createElement("div");
    line.className = "password-with-button";
    input.before(line);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button";
    const word = document.createTextNode("Show");
    const rest = document.createElement("span");
    rest.className = "visually-hidden";
    rest.textContent = " the password";
    button.append(word, rest);
    button.setAttribute("aria-controls", input.id);
    button.addEventListener("click", () => {
      const isShown = input.type === "password";
      input.type = isShown ? "text" : "password";
      word.data = isShown ? "Hide" : "Show";
    });
    // Never sent in a field that a browser would remember as text.
    input.form?.addEventListener("submit", () => { input.type = "password"; }, true);
    line.append(input, button);
    if (input.autocomplete !== "new-password") continue;
    const hint = document.createElement("div");
    hint.className = "field-help field-after";
    hint.setAttribute("aria-live", "polite");
    line.after(hint);
    input.addEventListener("input", () => { hint.textContent = words(input.value); });
  }
})();
