// What is typed into a note stays in this browser, by account and card, until it was sent: a closed laptop loses
// nothing. Signing out forgets it (leave.js).
"use strict";
const Drafts = (() => {
  // By account, so that whoever comes next to the same machine never sees them.
  const who = `${encodeURIComponent(document.body.dataset.who.toLowerCase())}/`;
  const ALL = "outreach.note.", NAME = ALL + who, SENT = `outreach.sent.${who}`, DAYS = 14;

  function read(store, key) {
    try {
      return JSON.parse(store.getItem(key));
    } catch {
      return null; // no storage here, or nothing that we wrote
    }
  }

  function write(store, key, text) {
    try {
      if (text) store.setItem(key, JSON.stringify({ text, at: Date.now() }));
      else store.removeItem(key);
    } catch {
      // full, or forbidden: the note still stands in its field
    }
  }

  function forgetOld() {
    for (const key of Object.keys(localStorage)) {
      const at = key.startsWith(ALL) && read(localStorage, key)?.at;
      if (at && Date.now() - at > DAYS * 86_400_000) localStorage.removeItem(key);
    }
  }

  const draft = (card) => read(localStorage, NAME + card)?.text || "";
  const keep = (card, text) => write(localStorage, NAME + card, text);

  // The page after a deed says of which card it was: its note is stored. Taken back, it is a draft again.
  function settle(card, undone) {
    if (undone) {
      const sent = read(sessionStorage, SENT + card)?.text;
      if (sent && !draft(card)) keep(card, sent);
      write(sessionStorage, SENT + card, "");
    } else if (draft(card)) {
      write(sessionStorage, SENT + card, draft(card));
      keep(card, "");
    }
  }

  const line = document.getElementById("recorded");
  try {
    forgetOld();
    if (line && line.dataset.card) settle(line.dataset.card, line.dataset.said.startsWith("undone"));
  } catch {
    // a browser without storage
  }
  return { draft, keep };
})();
