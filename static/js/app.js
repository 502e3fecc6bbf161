/* What server-rendered pages need from a script, and no more. Every page works without it.

   data-confirm="question"          on a button or link: asks in a dialog first
   data-confirm-detail="text"       a second line in that dialog
   data-confirm-action="verb"       the label of its button (default: Continue)
   data-confirm-danger              makes that button red
   data-announce                    in swapped content: its text is read out politely
   data-unsaved="ignore"            on a form: typed text may be left without a warning
   data-print                       on a button: prints the page
   data-quiet                       around polling: a failed request raises no notice
   data-focus-after-swap            in swapped content: takes the focus when the old one is gone

   The server can also say something with the header  HX-Trigger: {"announce": "Case moved up"}. */
(() => {
  "use strict";

  const $ = (selector, root = document) => root.querySelector(selector);

  // ---- saying things -----------------------------------------------------------------

  function announce(text) {
    const region = $("#announcer");
    if (!region || !text) return;
    region.textContent = "";
    // A region that changes to the same text stays silent; emptying first makes it speak.
    setTimeout(() => { region.textContent = text; }, 60);
  }

  function notify(text, { kind = "error", reload = false } = {}) {
    $(".notice")?.remove();
    const notice = document.createElement("div");
    notice.className = kind === "info" ? "notice notice-info" : "notice";
    notice.setAttribute("role", "alert");
    const words = document.createElement("p");
    words.textContent = text;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-small";
    button.textContent = reload ? "Reload" : "Close";
    button.addEventListener("click", () => (reload ? location.reload() : notice.remove()));
    notice.append(words, button);
    document.body.append(notice);
  }

  document.addEventListener("announce", (event) => announce(event.detail?.value ?? event.detail));

  // ---- errors: the summary takes the focus, its links lead to the fields -----------------

  function focusErrorSummary(root = document) {
    const summary = root.matches?.(".error-summary") ? root : $(".error-summary", root);
    if (!summary) return false;
    summary.focus();
    return true;
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest?.(".error-summary a[href^='#']");
    if (!link) return;
    const field = document.getElementById(link.hash.slice(1));
    if (!field) return;
    event.preventDefault();
    // The label or question, not the bare input, is what must be seen.
    (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
    field.focus({ preventScroll: true });
  });

  // ---- typed text is never lost in silence ----------------------------------------------

  const dirty = new Set();

  function isWatched(form) {
    return form?.method === "post" && form.dataset.unsaved !== "ignore";
  }

  function dirtyForms(root = document) {
    for (const form of dirty) if (!form.isConnected) dirty.delete(form);
    return [...dirty].filter((form) => root.contains(form));
  }

  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (isWatched(form)) dirty.add(form);
  });
  document.addEventListener("reset", (event) => dirty.delete(event.target));
  // What is typed there is kept on the server, and its reader goes on to something else.
  document.addEventListener("form:left", (event) => dirty.delete(event.target));

  addEventListener("beforeunload", (event) => {
    // drafts.js keeps what is typed; a form whose draft is kept can be left.
    if (dirtyForms().some((form) => form.dataset.draftState !== "kept")) event.preventDefault();
  });

  // ---- a button works once ----------------------------------------------------------------
  // aria-disabled, not disabled: a disabled button drops the focus and its own name=value.

  function setWorking(element, working) {
    if (!element) return;
    if (working) {
      element.setAttribute("aria-busy", "true");
      element.setAttribute("aria-disabled", "true");
    } else {
      element.removeAttribute("aria-busy");
      element.removeAttribute("aria-disabled");
    }
  }

  function isHtmx(element) {
    return Boolean(element.closest("[hx-post], [hx-get], [hx-put], [hx-patch], [hx-delete]"));
  }

  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("[aria-disabled='true']");
    if (!element) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || isHtmx(submitter ?? form)) return;
    dirty.delete(form);
    setWorking(submitter ?? $("button[type='submit'], button:not([type])", form), true);
  });

  // Back from the next page: the browser may show this one as it was left.
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("[aria-busy='true']").forEach((el) => setWorking(el, false));
  });

  // ---- asking first -------------------------------------------------------------------------

  function ask(question, { detail = "", action = "Continue", danger = false } = {}) {
    return new Promise((resolve) => {
      const dialog = document.createElement("dialog");
      dialog.className = "dialog";
      dialog.setAttribute("aria-labelledby", "confirm-question");
      const heading = document.createElement("h2");
      heading.id = "confirm-question";
      heading.textContent = question;
      dialog.append(heading);
      if (detail) {
        const text = document.createElement("p");
        text.textContent = detail;
        dialog.append(text);
      }
      const form = document.createElement("form");
      form.method = "dialog";
      form.className = "form-actions";
      const cancel = document.createElement("button");
      cancel.className = "button";
      cancel.value = "cancel";
      cancel.textContent = "Go back"; // "Cancel" beside "Cancel meeting" would be a riddle
      const go = document.createElement("button");
      go.className = danger ? "button button-danger" : "button button-primary";
      go.value = "go";
      go.textContent = action;
      form.append(cancel, go);
      dialog.append(form);
      dialog.addEventListener("close", () => {
        dialog.remove();
        resolve(dialog.returnValue === "go");
      });
      document.body.append(dialog);
      dialog.showModal();
    });
  }

  const confirmed = new WeakSet();

  // On the way down, before htmx or the form sees the click. Enter in a text field also
  // arrives here, as a click on the form's first button.
  document.addEventListener("click", (event) => {
    const element = event.target.closest?.("[data-confirm]");
    if (!element) return;
    if (confirmed.has(element)) {
      confirmed.delete(element);
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    const { confirm, confirmDetail, confirmAction, confirmDanger } = element.dataset;
    ask(confirm, { detail: confirmDetail, action: confirmAction, danger: confirmDanger !== undefined }).then((yes) => {
      element.focus();
      if (!yes) return;
      confirmed.add(element);
      element.click();
    });
  }, true);

  // hx-confirm would open the browser's own box; the same dialog answers it.
  document.addEventListener("htmx:confirm", (event) => {
    if (!event.detail.question) return;
    event.preventDefault();
    ask(event.detail.question).then((yes) => { if (yes) event.detail.issueRequest(true); });
  });

  // ---- htmx ------------------------------------------------------------------------------------

  const working = new WeakMap(); // request -> the button that shows it

  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, requestConfig, xhr } = event.detail;
    const submitter = requestConfig?.triggeringEvent?.submitter;
    const button = submitter ?? (elt.matches("button, a.button") ? elt : null);
    if (button) {
      working.set(xhr, button);
      setWorking(button, true);
    }
    event.detail.target?.setAttribute?.("aria-busy", "true");
  });

  document.addEventListener("htmx:afterRequest", (event) => {
    const { elt, xhr, successful, target } = event.detail;
    setWorking(working.get(xhr), false);
    target?.removeAttribute?.("aria-busy");
    // A part that asks the server while somebody types saves nothing.
    if (successful && elt.matches("form, button, input[type='submit']")) dirty.delete(elt.closest("form"));
  });

  // A live update must not wipe out what somebody is typing: the text stays, the news waits.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig, elt } = event.detail;
    if (!event.detail.shouldSwap || !target) return;
    const source = (requestConfig?.elt ?? elt)?.closest?.("form");
    if (dirtyForms(target).some((form) => form !== source)) {
      event.detail.shouldSwap = false;
      notify("This part has changed on the server. It was not replaced, because you have unsaved text here.", { kind: "info" });
    }
  });

  // Focus: htmx keeps it on an element with the same id. Where that element is gone, the
  // focus would fall back to the top of the page; keep it in the region that changed.
  let focusWasInside = false;

  document.addEventListener("htmx:beforeSwap", (event) => {
    focusWasInside = Boolean(event.detail.target?.contains?.(document.activeElement)) && document.activeElement !== document.body;
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    const region = event.detail.elt;
    if (!region?.isConnected) return;
    const news = region.matches("[data-announce]") ? region : $("[data-announce]", region);
    if (news) announce(news.textContent.trim());
    if (focusErrorSummary(region)) return;
    if (!focusWasInside || document.activeElement !== document.body) return;
    focusWasInside = false;
    const next = $("[data-focus-after-swap]", region) ?? region;
    if (!next.matches("a[href], button, input, select, textarea, summary, [tabindex]")) next.setAttribute("tabindex", "-1");
    next.focus({ preventScroll: true });
  });

  // Honest about what is known: without an answer, nobody can say whether it was saved.
  function failed(event) {
    const { elt, requestConfig, xhr } = event.detail;
    if (elt.closest("[data-quiet]")) return; // a poll in the background tries again by itself
    const writing = requestConfig && requestConfig.verb !== "get";
    const clean = dirtyForms().length === 0;
    const status = event.type === "htmx:responseError" ? xhr.status : 0;
    if (status === 401 && document.body.dataset.sessionUrl) return; // session.js offers to sign in
    if (status === 401 || status === 403) notify("You are signed out, or may not do this. Reload the page to sign in again.", { reload: clean });
    else if (status === 404) notify("This no longer exists. Reload the page to see what does.", { reload: clean });
    else if (status === 409 || status === 412) notify("Somebody else changed this first, so yours was not saved. Copy what you typed, then reload the page.");
    else if (!writing) notify("This part could not be loaded. Check the connection and try again.");
    else if (status && status < 502) notify(`Not saved: the server reported an error (${status}). What you typed is still here; try again.`);
    else notify("No answer from the server, so this may not have been saved. What you typed is still here: check the connection and try again.");
  }
  for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(name, failed);

  // ---- small things ------------------------------------------------------------------------------

  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-print]")) print();
    // A menu closes when the click is elsewhere.
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = $("details.menu[open]");
    if (!menu) return;
    menu.open = false;
    $("summary", menu).focus();
  });

  // Where navigation or tabs scroll sideways, the current place is in sight.
  document.querySelectorAll(".site-nav, .tabs").forEach((row) => {
    const current = $("[aria-current]", row);
    if (!current) return;
    const beyond = current.getBoundingClientRect().right - row.getBoundingClientRect().right;
    if (beyond > 0) row.scrollLeft += beyond + 32;
  });

  focusErrorSummary();
})();
