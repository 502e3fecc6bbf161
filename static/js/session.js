/* The end of a session is said before it comes, and what is typed outlives it.

   The page asks the server how long the session still lasts; asking is no activity. Typing and
   pressing are, and are told to the server at most once a minute. Two minutes before the end a
   dialog asks whether somebody is there. After it the page is covered, and keeps its text: signing
   in again in a new tab, as the same person, uncovers it. Without this script the server ends the
   session all the same, and the sign-in page leads back to the form with its draft. */
(() => {
  "use strict";

  const { sessionUrl: url, sessionPerson: person, sessionSignIn: signIn } = document.body.dataset;
  if (!url) return;

  const FIRST = 3 * 60; // seconds: no institution's limit is below five minutes
  const WARNING = 2 * 60; // seconds before the end
  const AGAIN = 20; // seconds between looks while the warning stands, or without an answer
  const TELL = 60; // seconds between tellings that somebody is there

  let timer = null;
  let endsAt = null; // by this machine's clock, in ms, as far as is known
  let toldAt = Date.now();
  let dialog = null;
  let state = "open"; // open, warned, ended, other

  function later(seconds) {
    clearTimeout(timer);
    timer = setTimeout(look, Math.max(seconds, 1) * 1000);
  }

  async function ask(method) {
    const headers = { "X-CSRFToken": document.querySelector("input[name='csrfmiddlewaretoken']")?.value ?? "" };
    try {
      return await fetch(url, { method, headers, credentials: "same-origin", redirect: "manual" });
    } catch {
      return null;
    }
  }

  /* Look how things stand; whether the session is this person's and goes on. */
  async function look(method = "GET") {
    const answer = await ask(typeof method === "string" ? method : "GET");
    if (!answer?.ok) { later(AGAIN); return state === "open"; }
    const told = await answer.json();
    if (told.left <= 0) { ended(); return false; }
    if (told.person !== person) { other(); return false; }
    renew(told.csrf);
    endsAt = Date.now() + told.left * 1000;
    if (told.left > WARNING) { goOn(); later(told.left - WARNING); }
    else { warn(told.left); later(Math.min(AGAIN, told.left + 1)); }
    return true;
  }

  /* Signing in again makes the page's token against forgery worthless: take the new one. */
  function renew(csrf) {
    for (const field of document.querySelectorAll("input[name='csrfmiddlewaretoken']")) field.value = csrf;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": csrf }));
  }

  // ---- what the person sees ------------------------------------------------------------------

  function show(kind, heading, text, ...buttons) {
    if (state === kind) return;
    dialog?.remove();
    state = kind;
    dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("role", "alertdialog");
    dialog.setAttribute("aria-labelledby", "session-heading");
    dialog.setAttribute("aria-describedby", "session-text");
    const title = document.createElement("h2");
    title.id = "session-heading";
    title.textContent = heading;
    const words = document.createElement("p");
    words.id = "session-text";
    words.textContent = text;
    const actions = document.createElement("div");
    actions.className = "form-actions";
    actions.append(...buttons);
    dialog.append(title, words, actions);
    // Escape must not uncover the page; on the warning it says that somebody is there.
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      if (state === "warned") look("POST");
    });
    document.body.append(dialog);
    dialog.showModal();
  }

  function button(label, act) {
    const element = document.createElement("button");
    element.type = "button";
    element.className = "button button-primary";
    element.textContent = label;
    element.addEventListener("click", act);
    return element;
  }

  function warn(left) {
    const minutes = left > 90 ? "two minutes" : "one minute";
    show("warned", "Are you still there?", `You will be signed out in ${minutes}, since nothing happened for a while or you signed in long ago. What you typed stays.`, button("Stay signed in", () => look("POST")));
  }

  function ended() {
    document.body.classList.add("is-covered");
    endsAt = 0;
    const link = document.createElement("a");
    link.className = "button button-primary";
    link.href = signIn;
    link.target = "_blank";
    link.rel = "noopener";
    link.textContent = "Sign in (new tab)";
    show("ended", "You are signed out", "What you typed is still on this page, covered. Sign in again as yourself in a new tab, then come back: it goes on here.", link);
  }

  function other() {
    document.body.classList.add("is-covered");
    show("other", "Somebody else is signed in now", "This page belongs to the person before. It can only be left.", button("Go to the start page", () => location.assign("/")));
  }

  function goOn() {
    if (state === "open") return;
    state = "open";
    dialog?.remove();
    dialog = null;
    document.body.classList.remove("is-covered");
  }

  // ---- somebody is there -----------------------------------------------------------------------

  function isThere() {
    if (state !== "open" || Date.now() - toldAt < TELL * 1000) return;
    toldAt = Date.now();
    look("POST");
  }
  for (const kind of ["keydown", "pointerdown", "input"]) document.addEventListener(kind, isThere, { passive: true, capture: true });

  const isOver = () => endsAt !== null && Date.now() > endsAt;
  function back() {
    if (document.visibilityState === "visible" && (state === "ended" || state === "other" || isOver())) look();
  }
  addEventListener("focus", back);
  document.addEventListener("visibilitychange", back);
  document.addEventListener("htmx:responseError", (event) => { if (event.detail.xhr.status === 401) ended(); });

  // A form that is sent after the end would lose what is typed: first see whether it would arrive.
  const looked = new WeakSet();
  addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (form.method !== "post" || looked.has(form) || (state === "open" && !isOver())) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    look("POST").then((goesOn) => {
      if (!goesOn) return;
      looked.add(form);
      form.requestSubmit(submitter);
      looked.delete(form);
    });
  }, true);

  later(FIRST);
})();
