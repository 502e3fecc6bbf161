/* Putting a list into order: by dragging a handle, and by Alt and Up or Down within a row.

   <form data-arrange="#agenda" …>    posts the whole order; inputs `items` and `moved`
   <li data-item="id">                one row; `data-fixed` on one that keeps its place
   <button data-drag hidden>          the handle of a row, shown where this file runs
   <button name="move" value="up">    what Alt and Up presses; "down" likewise

   The order is posted, never kept here: the server answers with the list as it stands. */
(() => {
  "use strict";

  let drag = null; // { row, list, pointer, before }

  const rowsOf = (list) => [...list.querySelectorAll("[data-item]")];
  const order = (list) => rowsOf(list).map((row) => row.dataset.item);

  function showHandles(root) {
    for (const handle of root.querySelectorAll("[data-drag]")) handle.hidden = false;
  }

  // ---- dragging --------------------------------------------------------------------------------

  // Rows that keep their place hold it: the others are dealt out around them.
  function settle(list, before) {
    const fixed = new Map(rowsOf(list).filter((row) => "fixed" in row.dataset).map((row) => [before.indexOf(row.dataset.item), row]));
    const free = rowsOf(list).filter((row) => !("fixed" in row.dataset));
    before.forEach((_, place) => list.append(fixed.get(place) ?? free.shift()));
  }

  function put(list, before) {
    const rows = new Map(rowsOf(list).map((row) => [row.dataset.item, row]));
    for (const id of before) list.append(rows.get(id));
  }

  function follow(y) {
    const others = rowsOf(drag.list).filter((row) => row !== drag.row);
    const next = others.find((row) => {
      const box = row.getBoundingClientRect();
      return y < box.top + box.height / 2;
    });
    if (next !== drag.row.nextElementSibling) drag.list.insertBefore(drag.row, next ?? null);
  }

  function end(isDropped) {
    const { row, list, before } = drag;
    row.classList.remove("is-dragged");
    drag = null;
    if (!isDropped) {
      put(list, before);
      return;
    }
    settle(list, before);
    if (order(list).join() === before.join()) return;
    const form = document.querySelector("[data-arrange]");
    form.elements.items.value = order(list).join(" ");
    form.elements.moved.value = row.dataset.item;
    form.requestSubmit();
  }

  document.addEventListener("pointerdown", (event) => {
    const handle = event.target.closest("[data-drag]");
    if (!handle || event.button !== 0 || drag) return;
    event.preventDefault();
    const row = handle.closest("[data-item]");
    drag = { row, list: row.parentElement, pointer: event.pointerId, before: order(row.parentElement) };
    row.classList.add("is-dragged");
  });

  document.addEventListener("pointermove", (event) => {
    if (drag?.pointer !== event.pointerId) return;
    follow(event.clientY);
    const edge = 48; // px from the edge of the window at which it scrolls
    if (event.clientY < edge) window.scrollBy(0, -edge / 4);
    else if (event.clientY > window.innerHeight - edge) window.scrollBy(0, edge / 4);
  });

  document.addEventListener("pointerup", (event) => { if (drag?.pointer === event.pointerId) end(true); });
  document.addEventListener("pointercancel", (event) => { if (drag?.pointer === event.pointerId) end(false); });

  // ---- keys ------------------------------------------------------------------------------------

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && drag) {
      event.preventDefault();
      end(false);
      return;
    }
    if (!event.altKey || event.ctrlKey || event.metaKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    const way = event.key === "ArrowUp" ? "up" : "down";
    const button = event.target.closest("[data-item]")?.querySelector(`button[name="move"][value="${way}"]`);
    if (!button) return;
    event.preventDefault();
    if (button.getAttribute("aria-disabled") !== "true") button.click();
  });

  // A list that was swapped in while something was dragged is not the one that was taken hold of.
  document.addEventListener("htmx:afterSwap", (event) => {
    if (drag && !drag.row.isConnected) drag = null;
    showHandles(event.target.isConnected ? event.target : document);
  });
  showHandles(document);
})();
