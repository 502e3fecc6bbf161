/* The time of a restricted record that is open for a while runs before the person's eyes.

   The bar counts the minutes down by what the server said was left, and says when they are over.
   Nothing is taken off the page then: what was typed stays. A form that is sent after the end would
   be answered with "not found" and its text be lost, so the page asks first whether it is still
   there, and else keeps the form. Without this script the bar stands still, and the record closes
   all the same. */
(() => {
  "use strict";

  const OVER = "The time is over: the record is closed to you. What you typed here is kept on this page, and cannot be saved.";
  const KEPT = "Nothing was sent: the record is closed to you. Open it again in a new tab, then send this.";

  const bars = [...document.querySelectorAll(".opening[data-left]")].map((bar) => ({
    bar,
    endsAt: Date.now() + Number(bar.dataset.left) * 1000,
  }));
  if (!bars.length) return;

  let isOver = false;
  const checked = new WeakSet();
  const announcer = document.getElementById("announcer");

  function announce(words) {
    if (announcer) announcer.textContent = words;
  }

  function end({ bar }) {
    isOver = true;
    bar.classList.add("opening-over");
    bar.querySelector("p").textContent = OVER;
    bar.querySelector("form")?.remove();
    const again = document.createElement("a");
    again.className = "button button-small";
    again.href = bar.dataset.again;
    again.target = "_blank";
    again.rel = "noopener";
    again.textContent = "Open it again (new tab)";
    bar.append(again);
    announce(OVER);
  }

  function tick() {
    for (const one of bars.filter(({ bar }) => !bar.classList.contains("opening-over"))) {
      const left = Math.ceil((one.endsAt - Date.now()) / 60_000);
      const words = `${left} minute${left === 1 ? "" : "s"} more`;
      const place = one.bar.querySelector("[data-minutes]");
      if (left < 1) end(one);
      else if (place.textContent !== words) place.textContent = words;
    }
  }

  async function isThere() {
    try {
      const answer = await fetch(location.href, { method: "HEAD", credentials: "same-origin", redirect: "manual" });
      return answer.status !== 404;
    } catch {
      return true; // no answer is no reason: the form says so itself
    }
  }

  document.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (!isOver || form.method !== "post" || !form.closest("main")) return;
    if (checked.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (await isThere()) {
      checked.add(form);
      form.requestSubmit(submitter);
      return;
    }
    for (const { bar } of bars.filter(({ bar: each }) => each.classList.contains("opening-over"))) {
      bar.querySelector("p").textContent = KEPT;
      bar.scrollIntoView({ block: "nearest" });
    }
    announce(KEPT);
  }, true);

  tick();
  setInterval(tick, 1000);
  // A machine that slept did not count.
  document.addEventListener("visibilitychange", tick);
})();
