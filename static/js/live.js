/* A running meeting: follows what the board has before it.

   The server says only that something is new (server-sent events; polling where they do not come
   through); what it is, this page asks for again under the reader's own rights. What somebody has
   typed is never replaced: the news wait, and say so. Without this script, reloading does it. */
(() => {
  "use strict";

  const root = document.getElementById("live");
  if (!root) return;

  const POLL = 2000; // ms between two questions while no events come
  const SILENCE = 25000; // ms without an event or a heartbeat after which the stream counts as dead
  const FAILURES = 2; // broken streams after which the page asks for itself
  const RETRY = 20000; // ms after which a stream is tried again while the page asks for itself

  const bar = () => document.getElementById("live-bar");
  const caseSide = () => document.getElementById("live-case");
  const decisionSide = () => document.getElementById("live-decision");
  const otherCase = () => document.getElementById("live-other");

  let own = new URLSearchParams(location.search).get("item"); // the case one looks at alone
  let wanted = null; // where one goes as soon as everything typed is kept
  let typed = false; // whether anything was typed on the case that is loaded
  let kept = true; // whether the server has all of it
  let asking = false; // the bar is on its way
  let sought = null; // the case that bar was asked for
  let again = false; // and was asked for once more meanwhile
  let missed = false; // whether something did not arrive
  const loaded = {};

  // ---- what is shown -----------------------------------------------------------------------------

  const announce = (text) => document.dispatchEvent(new CustomEvent("announce", { detail: text }));

  function say(text) {
    const line = document.getElementById("live-news");
    line.textContent = text;
    line.hidden = !text;
  }

  /* An htmx request whose failure raises no notice: what was not heard is asked for again.

     htmx lets the requests of one element wait for each other and keeps only the last that waits:
     each region has an element of its own, so that no news of the bar drops the form of a case. */
  function get(url, target, swap) {
    const source = swap === "innerHTML" ? target : root;
    return htmx.ajax("GET", url, { source, target, swap }).catch(() => { missed = true; });
  }

  // ---- nobody writes on another patient than the one they read ---------------------------------------

  let checking = null;

  /* While the decision is not that of the case at the top, nothing in it can be used. */
  function guard() {
    clearTimeout(checking);
    const side = decisionSide();
    const { item } = bar().dataset;
    if (!side || !item) return;
    const isOther = side.querySelector("[data-item]")?.dataset.item !== item;
    side.inert = isOther;
    otherCase().hidden = !isOther;
    if (isOther) checking = setTimeout(reload, POLL);
  }

  /* The right one did not come: ask again, unless it is on its way or somebody has typed. */
  function reload() {
    const { form, decision } = bar().dataset;
    if (!typed && !decisionSide().classList.contains("htmx-request")) get(form ?? decision, "#live-decision", "innerHTML");
    guard();
  }

  document.addEventListener("htmx:afterSwap", guard);

  async function refresh() {
    if (asking) { again = true; return; }
    asking = true;
    again = false;
    try {
      const asked = new URLSearchParams();
      sought = own ?? (typed ? loaded.item : null); // nobody is led away from what they type
      if (sought) asked.set("item", sought);
      if (loaded.item && !typed) asked.set("had", loaded.item); // another case may come along at once
      await get(`${root.dataset.bar}?${asked}`, "#live-bar", "outerHTML");
    } finally {
      asking = false;
      if (again) refresh();
    }
  }

  function remember({ item, screenStamp, decisionStamp, form }) {
    Object.assign(loaded, { item, screenStamp, decisionStamp, isForm: Boolean(form) });
  }

  function show(data) {
    if (!caseSide()) { location.reload(); return; } // the first case came on an empty list
    typed = false;
    say("");
    remember(data);
    if (data.hasCase === undefined) get(data.screen, "#live-case", "innerHTML");
    if (data.hasDecision === undefined) get(data.form ?? data.decision, "#live-decision", "innerHTML");
    scrollTo({ top: 0 });
  }

  /* The bar is new: does what stands under it still fit? */
  function settle(isAnswered) {
    const data = bar().dataset;
    const isGone = isAnswered && sought !== null && data.item !== sought; // it was taken off the list
    if (!data.item) return;
    if (own && data.item !== own) own = null;
    if (data.item === loaded.item) {
      if (typed && !own && data.board && data.board !== data.item) stay(data);
      renew(data);
    } else if (!typed) {
      show(data);
      announce(bar().querySelector("h1").textContent);
    } else if (isGone) {
      wanted = { own: null };
      go();
    } else {
      stay(data);
      refresh();
    }
  }

  /* Somebody is in the middle of something: they stay where they are and choose when to follow. */
  function stay(data) {
    own = loaded.item;
    announce(`The board has moved on to case ${data.boardNumber}. What you typed stays here.`);
  }

  /* The same case as before: take what others changed, unless it would replace what was typed. */
  function renew(data) {
    if (data.screenStamp !== loaded.screenStamp) get(data.screen, "#live-case", "innerHTML");
    const isOther = data.decisionStamp !== loaded.decisionStamp;
    const isSigned = loaded.isForm && !data.form;
    if (isSigned && kept) leave(); // all that was typed is in the record, or kept for who typed it
    if (isOther && typed && (isSigned || data.mine === undefined)) {
      say(isSigned
        ? "This decision was signed meanwhile. What you typed is still here, but cannot be saved any more."
        : "Somebody else has written on this decision. What you typed is still here: save it, and both are shown side by side.");
    } else if (isOther && (isSigned || !loaded.isForm || data.mine === undefined)) {
      get(data.form ?? data.decision, "#live-decision", "innerHTML");
    }
    remember(data);
  }

  // The bar comes anew with every news: what was opened or chosen in it stays so.
  let opened = [];
  let chosen = "";

  document.addEventListener("htmx:beforeSwap", (event) => {
    const id = event.detail.target?.id;
    if (id === "live-decision" && typed) event.detail.shouldSwap = false; // typed while it was on its way
    if (id !== "live-bar") return;
    opened = [...bar().querySelectorAll("details[open]")].map((menu) => menu.id);
    chosen = document.getElementById("live-specialty")?.value ?? "";
  });

  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.detail.elt.id !== "live-bar") return;
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    const specialty = document.getElementById("live-specialty");
    if (specialty && chosen) specialty.value = chosen;
    connection();
    startClock();
    settle(event.detail.requestConfig?.verb === "get"); // or what was posted brought it
  });

  root.addEventListener("input", (event) => {
    if (!decisionSide()?.contains(event.target)) return;
    typed = true;
    kept = false;
  });

  // ---- looking at another case, and back -------------------------------------------------------------

  root.addEventListener("click", (event) => {
    const link = event.target.closest("[data-look], [data-follow], [data-focus]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    for (const menu of bar().querySelectorAll("details[open]")) menu.open = false;
    if (link.dataset.focus) { focusOn(link.dataset.focus); return; }
    wanted = { own: link.dataset.look ?? null };
    go();
  });

  /* Go where somebody wants to go, as soon as what they typed is kept on the server. */
  function go() {
    if (!wanted) return;
    if (isUnsaved()) { say("Saving what you typed before going on ..."); return; }
    ({ own } = wanted);
    wanted = null;
    leave();
    say("");
    refresh();
  }

  /* What was typed here is on the server: something else may take its place. */
  function leave() {
    typed = false;
    for (const form of forms()) form.dispatchEvent(new CustomEvent("form:left", { bubbles: true }));
  }

  // drafts.js says on the form that the server has it, as the draft of all or of who typed it.
  root.addEventListener("draft:told", () => { kept = true; setTimeout(go); }, true);

  function focusOn(selector) {
    const region = document.querySelector(selector);
    if (!region) return;
    const field = region.querySelector("input:not([type='hidden']), select, textarea");
    if (!field && !region.hasAttribute("tabindex")) region.setAttribute("tabindex", "-1");
    (field ?? region).focus();
    region.scrollIntoView({ block: "nearest" });
  }

  const forms = () => [...(decisionSide()?.querySelectorAll("form") ?? [])];
  const isUnsaved = () => typed && !kept && forms().some((form) => form.elements.draft);

  // Saving leads to another page elsewhere; here the meeting goes on, and the draft is saved as typed.
  addEventListener("submit", (event) => {
    if (event.target.id !== "decision-form" || event.submitter?.name) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    event.target.elements.version.dispatchEvent(new Event("input", { bubbles: true }));
  }, true);

  // ---- the clock: seconds as the server counted them, plus those since -----------------------------------

  let ticking = null;

  function startClock() {
    clearInterval(ticking);
    const clock = bar().querySelector("[data-clock]");
    if (!clock || clock.dataset.runs === undefined) return;
    const begin = performance.now();
    ticking = setInterval(() => {
      const seconds = Number(clock.dataset.clock) + Math.floor((performance.now() - begin) / 1000);
      clock.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      const isLate = seconds > Number(clock.dataset.expected) * 60;
      clock.classList.toggle("is-late", isLate);
      bar().querySelector(".live-late").hidden = !isLate;
    }, 1000);
  }

  // ---- hearing of news ---------------------------------------------------------------------------------------

  let stream = null;
  let failures = 0;
  let polling = null;
  let watchdog = null;
  let retrying = null;

  /* How this page hears of news, in words; the bar that shows it comes anew with every news. */
  function connection(words = root.dataset.connection) {
    document.getElementById("live-connection").textContent = words;
    if (root.dataset.connection && root.dataset.connection !== words) announce(words);
    root.dataset.connection = words;
  }

  /* Compared with what is shown, not with what was heard last: a bar that got lost is asked for again. */
  function heard(newer) {
    if (missed && !typed) loaded.item = null;
    if (missed || newer !== Number(bar().dataset.revision)) refresh();
    missed = false;
  }

  function isAlive() {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => { fail(); }, SILENCE);
  }

  function listen() {
    clearTimeout(retrying);
    stream?.close();
    stream = new EventSource(root.dataset.events);
    stream.addEventListener("live", () => {
      failures = 0;
      stopPolling();
      connection("Live");
      isAlive();
    });
    stream.addEventListener("poll", () => { isAlive(); startPolling(); });
    stream.addEventListener("beat", isAlive);
    stream.addEventListener("revision", (event) => { isAlive(); heard(Number(event.data)); });
    stream.addEventListener("error", () => fail());
    isAlive();
  }

  /* The stream broke or was silent: try again, and after two failures ask for oneself meanwhile. */
  function fail() {
    clearTimeout(watchdog);
    clearTimeout(retrying);
    stream?.close();
    failures += 1;
    if (failures >= FAILURES) startPolling();
    else connection("Reconnecting");
    retrying = setTimeout(listen, failures >= FAILURES ? RETRY : POLL);
  }

  function startPolling() {
    if (polling) return;
    connection("Following every 2 seconds");
    polling = setInterval(poll, POLL);
    poll();
  }

  function stopPolling() {
    clearInterval(polling);
    polling = null;
  }

  async function poll() {
    try {
      const answer = await fetch(root.dataset.state, { redirect: "manual", credentials: "same-origin" });
      if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) {
        connection("You are signed out, or may not follow this meeting any more");
        return;
      }
      if (!answer.ok) throw new Error(String(answer.status));
      heard((await answer.json()).revision);
      connection("Following every 2 seconds");
    } catch {
      connection("Reconnecting");
    }
  }

  // A page that nobody looks at needs no stream: a browser allows only six to one server.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) {
      clearTimeout(watchdog);
      clearTimeout(retrying);
      stopPolling();
      stream?.close();
    } else {
      failures = 0;
      connection("Reconnecting");
      listen();
    }
  });
  addEventListener("offline", fail);
  addEventListener("online", () => { failures = 0; listen(); });

  // ---- the beginning ---------------------------------------------------------------------------------------------

  connection("Connecting");
  startClock();
  if (bar().dataset.item) {
    remember(bar().dataset);
    if (bar().dataset.form) get(bar().dataset.form, "#live-decision", "innerHTML");
  }
  listen();
})();
