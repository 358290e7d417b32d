// Keys for the list and its cards. An element says itself which keys press it (`data-key`); without JavaScript the same
// buttons are pressed by hand.
"use strict";
(() => {
  const help = document.getElementById("keys");
  const rows = () => [...document.querySelectorAll(".row:not(.gone)")];
  let busy = false;

  const typing = (element) =>
    element instanceof Element &&
    (element.matches("textarea, select, [contenteditable]") ||
      (element.matches("input") && !element.matches("[type=radio], [type=checkbox], [type=button], [type=submit]")));

  function press(element) {
    if (element.matches("textarea")) {
      element.focus();
    } else if (element.matches("summary")) {
      const box = element.parentElement;
      box.open = true;
      (box.querySelector(".inside button, .inside input") || element).focus();
    } else if (!element.disabled) {
      element.click();
    }
  }

  function move(step) {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => row.contains(document.activeElement));
    const next = now < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + step));
    const button = all[next].querySelector(".open button");
    button.focus();
    button.scrollIntoView({ block: "nearest" });
  }

  function act(key) {
    const element = document.querySelector(`[data-key~="${CSS.escape(key)}"]`);
    if (element) return press(element), true;
    if (key === "j" || key === "k") return move(key === "j" ? 1 : -1), true;
    if (key === "?" && help) return help.showModal(), true;
    if (key === "/") return document.querySelector("[name=q]").focus(), true;
    const back = key === "l" && document.querySelector(".crumb a");
    if (back) return back.click(), true;
    return false;
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (typing(event.target)) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    if (event.key === "Escape") {
      const box = document.activeElement?.closest("details[open]");
      if (box) (box.open = false), box.querySelector("summary").focus();
      return;
    }
    if (event.repeat && !"jk".includes(event.key)) return;
    if (busy || document.querySelector("dialog[open]")) return;
    if (event.key.length === 1 && act(event.key.toLowerCase())) event.preventDefault();
  });

  // One press, one deed: what comes while the next page is on its way is not meant for this one.
  document.addEventListener("submit", (event) => {
    if (event.target.method === "dialog") return;
    if (busy) event.preventDefault();
    else if (!event.defaultPrevented && event.target.method === "post") busy = true;
  });
  addEventListener("pageshow", () => (busy = false));
})();
