// "Call for me" without leaving the card: how the call stands is told in the line beside the button. Without JavaScript
// the same button is a form's, and the page comes anew.
"use strict";
(() => {
  const form = document.getElementById("dial"), line = document.getElementById("dialled");
  if (!form || !("fetch" in window)) return;
  const AGAIN = 1500, path = form.getAttribute("action"), button = form.querySelector("button");
  let timer = 0;

  function show(told) {
    if (line.textContent !== told.words) line.textContent = told.words;
    if (told.n) button.value = told.n;
    button.disabled = told.under_way;
    for (const mark of document.querySelectorAll(".suggested")) mark.hidden = mark.id !== `s-${told.suggests}`;
    clearTimeout(timer);
    if (told.under_way) timer = setTimeout(look, AGAIN);
  }

  async function look() {
    try {
      const answer = await fetch(path, { headers: { Accept: "application/json" } });
      if (answer.ok) return show(await answer.json());
    } catch {
      // no connection: asked again
    }
    timer = setTimeout(look, 4 * AGAIN);
  }

  async function ask(event) {
    event.preventDefault();
    button.disabled = true;
    line.textContent = "Your phone is about to ring.";
    const fields = new URLSearchParams({ token: form.elements.token.value, n: button.value });
    try {
      const answer = await fetch(path, { method: "POST", body: fields, headers: { Accept: "application/json" } });
      if (!(answer.headers.get("content-type") || "").includes("json")) throw new Error();
      show(await answer.json());
    } catch {
      line.textContent = "No answer from here: load the page anew before you press again, or dial by hand.";
    }
  }
  form.addEventListener("submit", ask);
  if (button.disabled) look();
})();
