/* Keys that lead about: every one of them only repeats a link or a button.

   data-key="g c"      on a link or button: these keys, one after the other, activate it
   data-enter="next"   on a form: Enter in a one-line field leads to the next field

   Everywhere: ? lists the keys. In a form: Ctrl and Enter saves, Alt and Page Down or Page Up
   leads to the next or previous group of fields. Single keys do nothing while a field has the
   focus, and can be switched off in the list (WCAG 2.1.4); that alone is kept in the browser. */
(() => {
  "use strict";

  const OFF = "tumorboard.keys.off";
  const PATIENCE = 1500; // ms between g and what follows
  const TYPED_INTO = "input:not([type='checkbox'], [type='radio'], [type='button'], [type='submit']), select, textarea, [contenteditable]";
  const STOPS = "input:not([type='hidden']), select, textarea, button, a[href]";

  let begun = "";
  let timer = null;

  function isOff() {
    try { return localStorage.getItem(OFF) === "yes"; } catch { return false; }
  }

  function switchOff(off) {
    try { off ? localStorage.setItem(OFF, "yes") : localStorage.removeItem(OFF); } catch { /* the list says what holds now */ }
  }

  // ---- single keys ---------------------------------------------------------------------------

  function places() {
    const found = new Map();
    for (const el of document.querySelectorAll("[data-key]")) {
      if (!found.has(el.dataset.key) && !el.closest("[inert]")) found.set(el.dataset.key, el);
    }
    return found;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.key.length !== 1 || event.target.closest(TYPED_INTO) || document.querySelector("dialog[open]")) return;
    if (event.key === "?") {
      event.preventDefault();
      list();
      return;
    }
    if (isOff()) return;
    clearTimeout(timer);
    const keys = begun ? `${begun} ${event.key}` : event.key;
    begun = "";
    const place = places().get(keys);
    if (place) {
      event.preventDefault();
      place.click();
    } else if ([...places().keys()].some((known) => known.startsWith(`${keys} `))) {
      begun = keys;
      timer = setTimeout(() => { begun = ""; }, PATIENCE);
    }
  });

  // ---- in forms --------------------------------------------------------------------------------

  const isSeen = (el) => !el.disabled && el.tabIndex >= 0 && el.getClientRects().length > 0;

  function save(form) {
    const button = form.querySelector("button.button-primary:not([type='button'])");
    if (button?.getAttribute("aria-disabled") !== "true") form.requestSubmit(button);
  }

  function moveOn(field) {
    const stops = [...field.form.querySelectorAll(STOPS)].filter((el) => isSeen(el) && (el.type !== "radio" || el.name !== field.name));
    const next = stops.find((el) => field.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING);
    const group = next?.type === "radio" ? [...field.form.elements[next.name]].find((el) => el.checked) : null;
    (group ?? next)?.focus();
    if (next?.matches("input:not([type='checkbox'], [type='radio'])")) next.select();
  }

  document.addEventListener("keydown", (event) => {
    const form = event.target.form;
    if (event.key !== "Enter" || !form || form.method !== "post" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      save(form);
    } else if (form.dataset.enter === "next" && event.target.matches("input, select") && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      moveOn(event.target);
    }
  });

  document.addEventListener("keydown", (event) => {
    if (!event.altKey || !["PageDown", "PageUp"].includes(event.key)) return;
    const groups = [...document.querySelectorAll("main .form-group, main .section, main .beside-text")].filter((el) => el.querySelector("form input, form select, form textarea") || el.closest("form"));
    const firsts = groups.map((el) => [...el.querySelectorAll("input:not([type='hidden']), select, textarea")].find(isSeen)).filter(Boolean);
    const here = document.activeElement;
    const isLater = (el) => Boolean(here.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_FOLLOWING);
    const isEarlier = (el) => Boolean(here.compareDocumentPosition(el) & Node.DOCUMENT_POSITION_PRECEDING);
    // Back from the middle of a group leads to its own beginning first.
    const to = event.key === "PageDown" ? firsts.find(isLater) : firsts.filter(isEarlier).at(-1);
    if (!to) return;
    event.preventDefault();
    to.focus();
    (to.closest(".field") ?? to).scrollIntoView({ block: "nearest" });
  });

  // ---- the list ----------------------------------------------------------------------------------

  function row(table, keys, words) {
    const line = table.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    const key = document.createElement("kbd");
    key.textContent = keys;
    head.append(key);
    line.append(head);
    line.insertCell().textContent = words;
  }

  function list() {
    const dialog = document.createElement("dialog");
    dialog.className = "dialog keys";
    dialog.setAttribute("aria-labelledby", "keys-title");
    const title = document.createElement("h2");
    title.id = "keys-title";
    title.textContent = "Keys";
    const table = document.createElement("table");
    table.className = "table";
    row(table, "?", "This list");
    for (const [keys, el] of places()) row(table, keys.split(" ").join(" then "), el.dataset.keyLabel ?? el.textContent.trim());
    row(table, "Ctrl + Enter", "Save the form");
    row(table, "Alt + Page Down", "Next group of fields");
    row(table, "Alt + Page Up", "Previous group of fields");
    if (document.querySelector("[data-arrange]")) row(table, "Alt + Up, Alt + Down", "Move the row that has the focus");
    const choice = document.createElement("div");
    choice.className = "choice";
    const box = document.createElement("input");
    box.type = "checkbox";
    box.id = "keys-on";
    box.checked = !isOff();
    box.addEventListener("change", () => switchOff(!box.checked));
    const label = document.createElement("label");
    label.htmlFor = box.id;
    label.textContent = "Use the keys without Ctrl or Alt";
    choice.append(box, label);
    const form = document.createElement("form");
    form.method = "dialog";
    form.className = "form-actions";
    const close = document.createElement("button");
    close.className = "button";
    close.textContent = "Close";
    form.append(close);
    dialog.append(title, table, choice, form);
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    close.focus();
  }

  if (location.hash === "#search") document.querySelector("main input[type='search']")?.focus();
})();
