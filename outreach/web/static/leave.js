// Whoever signs out leaves nothing of what she typed in this browser.
"use strict";
document.addEventListener("submit", (event) => {
  if (!event.target.getAttribute("action")?.startsWith("/logout")) return;
  try {
    for (const store of [localStorage, sessionStorage]) {
      for (const key of Object.keys(store)) if (/^outreach\.(note|sent)\./.test(key) && mine(key)) store.removeItem(key);
    }
  } catch {
    // a browser without storage has nothing to forget
  }

  // Keys are KIND.ACCOUNT/CARD; those without an account are of an older version, and nobody's.
  function mine(key) {
    const who = `${encodeURIComponent(document.body.dataset.who.toLowerCase())}/`;
    return !key.includes("/") || key.replace(/^outreach\.\w+\./, "").startsWith(who);
  }
});
