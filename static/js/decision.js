/* The form of a decision: what the server answers to what is typed (drafts.js sends it).

   Another version is shown beside the form; what is typed stays. Whoever is sure replaces it. */
(() => {
  "use strict";
  if (document.documentElement.dataset.decision) return; // the form may be loaded more than once
  document.documentElement.dataset.decision = "on";

  const formOf = (el) => el.closest?.("#decision-form");

  function typed(form) {
    form.elements.version.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // While the server answers, its rows are out of reach: what is typed into them would be replaced.
  // Not disabled: a form that is sent meanwhile would leave disabled rows out, and lose them.
  function hold(event, on) {
    const rows = event.detail.target;
    if (rows?.id === "decision-asked") rows.inert = on;
  }
  document.addEventListener("htmx:beforeRequest", (event) => hold(event, true));
  document.addEventListener("htmx:afterRequest", (event) => hold(event, false));

  document.addEventListener("draft:told", (event) => {
    const form = formOf(event.target);
    if (!form) return;
    const { version, html, current } = event.detail;
    const beside = form.querySelector("#decision-theirs");
    if (version) form.elements.version.value = version;
    if (html && form.dataset.current !== String(current)) beside.innerHTML = html;
    if (!html) beside.replaceChildren();
    form.dataset.current = html ? current : "";
  }, true);

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-replace]");
    const form = button && formOf(button);
    if (!form) return;
    form.elements.version.value = form.dataset.current;
    form.querySelector("#decision-theirs").replaceChildren();
    typed(form);
    form.elements.rationale.focus();
  });

  // A button changed the rows: that is typed too. What was taken over wants its reason next.
  document.addEventListener("htmx:afterSettle", (event) => {
    const form = formOf(event.detail.elt);
    if (!form || event.detail.elt === form) return;
    typed(form);
    if (event.detail.requestConfig?.elt?.name === "take-over") form.elements.rationale.focus();
  });
})();
