// A card that stands open: the note's draft, and the claim that is renewed while somebody is at it.
"use strict";
(() => {
  const form = document.getElementById("deed");
  if (!form) return;
  const card = document.querySelector("article.card").dataset.card;
  const note = form.elements.note, said = document.getElementById("draft"), holds = document.getElementById("holds");
  const RENEW = 180_000, ATTENDED = 3_600_000;
  let mine = form.dataset.mine === "yes", touched = Date.now();

  const kept = Drafts.draft(card);
  if (kept && !note.value) {
    note.value = kept;
    said.textContent = "This is your draft; it was not sent yet.";
  }
  note.addEventListener("input", () => Drafts.keep(card, note.value));

  async function renew() {
    const fields = new URLSearchParams({ token: form.elements.token.value, by: form.elements.by?.value || "" });
    try {
      const path = `/calls/${encodeURIComponent(card)}/claim`;
      const answer = await fetch(path, { method: "POST", body: fields, headers: { Accept: "application/json" } });
      if (!answer.ok) return tell("The page is out of date: send your note, or load it anew. The draft is kept.");
      const told = await answer.json();
      mine = told.status !== "refused";
      if (mine) tell("");
      else if (told.code === "held") tell(told.text);
    } catch {
      tell("No connection. Your note is kept in this browser; this line goes when the connection is back.");
    }
  }

  const words = holds ? holds.textContent : "";
  function tell(text) {
    if (!holds) return;
    holds.classList.toggle("notice", Boolean(text));
    holds.classList.toggle("warn", Boolean(text));
    if (holds.textContent !== (text || words)) holds.textContent = text || words;
  }

  for (const kind of ["keydown", "pointerdown", "input"]) {
    addEventListener(kind, () => (touched = Date.now()), { passive: true, capture: true });
  }
  setInterval(() => mine && Date.now() - touched < ATTENDED && renew(), RENEW);
  document.addEventListener("visibilitychange", () => mine && !document.hidden && renew());
  addEventListener("online", () => mine && renew());

  // Whoever hears the page hears whose card it is; whoever sees it need not look for the focus.
  if (!location.hash) document.getElementById("whom").focus({ preventScroll: true });
})();
