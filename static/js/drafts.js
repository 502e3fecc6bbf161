/* What is typed and not saved yet: kept on the server a moment after typing, offered again when
   the form opens again. The server's tag `draft` puts the field `draft` into a form that wants it.

   Nothing is kept in the browser. Without this script, or without an answer, the form works as
   ever: what cannot be kept stays in the page, and the page says so. */
(() => {
  "use strict";
  if (document.documentElement.dataset.drafts) return; // two forms of a page load this twice
  document.documentElement.dataset.drafts = "on";

  const WAIT = 1200; // ms after the last key
  const AGAIN = 4000; // ms after which what got no answer is sent again
  const LONGEST = 3000; // ms for which saving the form waits for a draft that is on its way
  const NEVER_KEPT = new Set(["file", "password", "submit", "button", "image", "reset"]);
  const OUR_OWN = new Set(["csrfmiddlewaretoken", "draft"]);
  const SIGNED_OUT = "You are signed out. What you typed stays on this page, but it is not kept anywhere: sign in again in another tab, then come back and go on here.";
  const GONE = "The server has this page for you no longer: what it is about was removed, or somebody else is signed in. What you typed stays on this page, but it is not kept anywhere: copy it before you leave.";
  const NO_ANSWER = "No answer from the server, so what you typed is not kept as a draft. It stays on this page; this is tried again as you type.";

  const drafts = new Map(); // form -> Draft

  // ---- what stands in a form ---------------------------------------------------------------

  function controls(form) {
    return [...form.elements].filter((el) => el.name && el.type && el.tagName !== "FIELDSET" && !NEVER_KEPT.has(el.type) && !OUR_OWN.has(el.name));
  }

  function read(form) {
    const fields = {};
    for (const el of controls(form)) {
      const values = (fields[el.name] ??= []);
      if (el.type === "checkbox" || el.type === "radio") { if (el.checked) values.push(el.value); }
      else if (el.type === "select-multiple") values.push(...[...el.selectedOptions].map((option) => option.value));
      else values.push(el.value);
    }
    return fields;
  }

  /* Put `fields` back; what has no place in the form any more is returned. */
  function write(form, fields) {
    const rest = structuredClone(fields);
    const touched = [];
    for (const el of controls(form)) {
      const values = fields[el.name];
      if (!values) continue;
      const before = JSON.stringify([el.value, el.checked]);
      if (el.type === "checkbox" || el.type === "radio") el.checked = values.includes(el.value);
      else if (el.type === "select-multiple") for (const option of el.options) option.selected = values.includes(option.value);
      else el.value = rest[el.name]?.shift() ?? "";
      if (el.type === "checkbox" || el.type === "radio" || el.type.startsWith("select")) delete rest[el.name];
      if (JSON.stringify([el.value, el.checked]) !== before) touched.push(el);
    }
    for (const el of touched) {
      el.dispatchEvent(new Event("input", { bubbles: true }));
      el.dispatchEvent(new Event("change", { bubbles: true }));
    }
    return Object.values(rest).flat().filter((text) => text.trim());
  }

  // ---- the server ----------------------------------------------------------------------------

  /* An answer, or null where there is none; a redirect leads to the sign-in page. */
  async function ask(url, options = {}) {
    try {
      return await fetch(url, { redirect: "manual", credentials: "same-origin", ...options });
    } catch {
      return null;
    }
  }

  const isSignedOut = (answer) => answer.type === "opaqueredirect" || answer.status === 401;

  /* Signing in again makes this page's token worthless: take the new one, for the form too. */
  async function renewToken(url) {
    const answer = await ask(url);
    if (!answer || isSignedOut(answer) || !answer.ok) return false;
    const { csrf } = await answer.json();
    for (const field of document.querySelectorAll("input[name='csrfmiddlewaretoken']")) field.value = csrf;
    document.body.setAttribute("hx-headers", JSON.stringify({ "X-CSRFToken": csrf }));
    return true;
  }

  class Draft {
    constructor(form, field) {
      this.form = form;
      this.token = field.value;
      this.url = field.dataset.draftUrl;
      this.signIn = field.dataset.signIn;
      this.offer = form.querySelector("[data-draft-offer]");
      this.timer = null;
      this.inFlight = null;
      this.isLeaving = false;
      this.status = document.createElement("span");
      this.status.className = "muted small draft-status";
      (form.querySelector(".form-actions") ?? form).append(this.status);
      if (this.offer) this.makeOffer();
    }

    get isUnkept() { return this.form.dataset.draftState === "typed"; }

    /* What is said of it goes only with a new letter: when a field is left by pressing a button, a
       line that vanished would move the button away under the pointer. */
    typed(isNew = true) {
      this.isLeaving = false;
      this.form.dataset.draftState = "typed";
      if (this.offer) {
        this.status.textContent = "Restore or discard the text above first: until then nothing new is kept as a draft.";
        return;
      }
      if (isNew) this.status.textContent = "";
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), WAIT);
    }

    post(body) {
      const csrf = this.form.querySelector("input[name='csrfmiddlewaretoken']")?.value ?? "";
      return ask(this.url, { method: "POST", headers: { "X-CSRFToken": csrf }, body: new URLSearchParams({ draft: this.token, ...body }) });
    }

    /* Keep what stands in the form; whether that is done. */
    async keep() {
      clearTimeout(this.timer);
      if (this.inFlight) await this.inFlight;
      if (this.offer || this.isLeaving || !this.isUnkept) return !this.isUnkept;
      this.inFlight = this.send();
      const isKept = await this.inFlight;
      this.inFlight = null;
      return isKept;
    }

    async send() {
      const body = { fields: JSON.stringify(read(this.form)) };
      this.form.dataset.draftState = "keeping";
      // Whoever was signed out and is back has another token by now.
      if (this.wasSignedOut) await renewToken(this.url);
      let answer = await this.post(body);
      if (answer?.status === 403 && await renewToken(this.url)) answer = await this.post(body);
      if (answer?.ok) {
        const told = await answer.json();
        if (this.form.dataset.draftState === "keeping") this.form.dataset.draftState = "kept";
        this.status.textContent = told.said ?? `Draft kept ${told.saved_at}`;
        this.trouble("");
        this.tell(told);
        return this.form.dataset.draftState === "kept";
      }
      this.form.dataset.draftState = "typed";
      this.trouble(await this.why(answer));
      // Nobody may type again before the server is back: ask again without being asked to.
      if (!answer || answer.status >= 500) this.timer = setTimeout(() => this.keep(), AGAIN);
      return false;
    }

    /* What the server answered, for a script that does more with it. */
    tell(told) { this.form.dispatchEvent(new CustomEvent("draft:told", { detail: told })); }

    async why(answer) {
      if (!answer) return NO_ANSWER;
      if (isSignedOut(answer) || answer.status === 403) return SIGNED_OUT;
      if (answer.status === 404) return GONE;
      const { reason, said, ...told } = await answer.json().catch(() => ({}));
      if (said) { // it is kept all the same, for whoever typed it
        this.tell(told);
        return said;
      }
      return reason ? `What you typed is not kept as a draft: ${reason} It stays on this page.` : NO_ANSWER;
    }

    /* Say above the buttons that nothing is kept; once, until it is another trouble. */
    trouble(text) {
      this.wasSignedOut = text === SIGNED_OUT;
      const shown = this.form.querySelector("[data-draft-trouble]");
      if (shown?.dataset.draftTrouble === text) return;
      shown?.remove();
      if (!text) return;
      this.status.textContent = "";
      const box = document.createElement("div");
      box.className = "message message-warning draft-trouble";
      box.dataset.draftTrouble = text;
      box.setAttribute("role", "alert");
      const words = document.createElement("p");
      words.textContent = text;
      if (text === SIGNED_OUT) {
        const link = document.createElement("a");
        link.href = this.signIn;
        link.target = "_blank";
        link.rel = "noopener";
        link.textContent = "Sign in (new tab)";
        words.append(" ", link);
      }
      box.append(words);
      (this.form.querySelector(".form-actions") ?? this.form).before(box);
    }

    // ---- offering ------------------------------------------------------------------------------

    makeOffer() {
      const fields = JSON.parse(this.offer.querySelector("script[type='application/json']").textContent);
      const restore = this.offer.querySelector("[data-draft-restore]");
      this.offer.hidden = false;
      restore.addEventListener("click", () => {
        const offer = this.offer;
        this.offer = null;
        const rest = write(this.form, fields);
        this.form.dataset.draftState = "kept";
        const said = [this.line(`Restored: what you typed on ${restore.dataset.draftRestore}. It is not saved yet.`)];
        if (rest.length) said.push(this.line("This has no field here any more:"), ...rest.map((text) => this.line(text)));
        offer.replaceChildren(...said);
        offer.setAttribute("role", "status");
        offer.tabIndex = -1;
        offer.focus();
        this.status.textContent = "";
      });
      this.offer.querySelector("[data-draft-discard]").addEventListener("click", async () => {
        const answer = await this.post({ discard: "yes" });
        if (!answer?.ok) { this.trouble(await this.why(answer)); return; }
        const offer = this.offer;
        this.offer = null;
        offer.textContent = "Discarded.";
        offer.setAttribute("role", "status");
        offer.tabIndex = -1;
        offer.focus();
        if (this.isUnkept) this.typed();
      });
    }

    line(text) {
      const words = document.createElement("p");
      words.textContent = text;
      return words;
    }

    /* The form itself is sent: what is kept of it goes with the save. What is on its way must
       arrive before, or it would be kept once more after the save. */
    submitted(event) {
      this.isLeaving = true;
      clearTimeout(this.timer);
      if (!this.inFlight) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (this.isWaiting) return;
      this.isWaiting = true;
      const { submitter } = event;
      const tooLong = new Promise((resolve) => { setTimeout(resolve, LONGEST); });
      Promise.race([this.inFlight, tooLong]).then(() => {
        this.inFlight = null;
        this.isWaiting = false;
        this.form.requestSubmit(submitter);
      });
    }
  }

  // ---- the page ----------------------------------------------------------------------------------

  function find() {
    for (const form of drafts.keys()) if (!form.isConnected) drafts.delete(form);
    for (const field of document.querySelectorAll("input[name='draft'][data-draft-url]")) {
      if (field.form && !drafts.has(field.form)) drafts.set(field.form, new Draft(field.form, field));
    }
  }

  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      if (event.target.type !== "file") drafts.get(event.target.form)?.typed(kind === "input");
    });
  }

  const unkept = () => [...drafts.values()].filter((draft) => draft.isUnkept && !draft.offer && !draft.isLeaving);

  // Signing out waits until what was typed is kept. Where that fails, it asks once, by staying.
  let hasStayed = false;
  document.addEventListener("submit", (event) => {
    const mine = drafts.get(event.target);
    if (mine) { mine.submitted(event); return; }
    const isSigningOut = new URL(event.target.action, location.href).pathname.endsWith("/logout/");
    if (!isSigningOut || hasStayed || !unkept().length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    Promise.all(unkept().map((draft) => draft.keep())).then((kept) => {
      hasStayed = true;
      if (kept.every(Boolean)) event.target.requestSubmit(submitter);
    });
  }, true);

  document.addEventListener("visibilitychange", () => {
    // Back from the tab in which somebody signed in again; or away, perhaps for long.
    for (const draft of unkept()) draft.keep();
  });
  addEventListener("focus", () => { for (const draft of unkept()) draft.keep(); });
  document.addEventListener("htmx:afterSettle", find);
  find();
})();
