// News of the list while a page stands open. Nothing moves under the finger: cards that are gone stay where they are and
// say why; new ones are announced in one line.
"use strict";
(() => {
  const line = document.getElementById("live");
  if (!line || !("fetch" in window)) return;
  const POLL = 20_000, PATIENCE = 8_000;
  const assign = new URLSearchParams(location.search).get("assign") || "";
  const query = assign ? `?assign=${encodeURIComponent(assign)}` : "";
  const day = document.getElementById("day"), bar = document.querySelector("progress");
  // The figures that this page shows: it is told when they are others.
  const asking = () => (day ? `${query || "?"}${query && "&"}day=${day.dataset.day}` : query);
  const open = document.querySelector("article.card"), form = document.getElementById("deed");
  const me = line.dataset.by.trim().toLowerCase();
  const rows = new Map([...document.querySelectorAll(".row")].map((row) => [row.dataset.card, row]));
  const told = new Set();
  let known = new Map(), source = null, timer = 0, asks = !("EventSource" in window), gone = false;

  function take(news) {
    if (news.day && day) showDay(news.day);
    known = new Map([...(news.all ? [] : known), ...Object.entries(news.held)]);
    for (const id of news.gone) known.delete(id);
    if (open) showCard(open.dataset.card);
    else showList();
  }

  function showDay(told) {
    const [done, total] = told.split("-");
    day.dataset.day = told;
    day.textContent = `${done} of ${total}`;
    if (bar) (bar.max = Math.max(1, total)), (bar.value = done);
  }

  // Why a card is gone; "" for one that is back already, or was never away: the page may be younger than the news.
  async function why(card) {
    try {
      const answer = await fetch(`/events/why?card=${encodeURIComponent(card)}`);
      const told = answer.ok ? await answer.json() : {};
      return told.listed ? "" : told.why || "It is off the list.";
    } catch {
      return "It is off the list.";
    }
  }

  function say(text, label, attributes) {
    const words = document.createElement("p"), way = document.createElement(attributes.href ? "a" : "button");
    words.textContent = text;
    way.textContent = label;
    way.className = "button";
    for (const [name, value] of Object.entries(attributes)) way.setAttribute(name, value);
    line.replaceChildren(words, way);
    line.hidden = false;
  }

  async function showCard(id) {
    const holder = known.get(id);
    if (holder === undefined && !told.has(id)) {
      told.add(id);
      const reason = await why(id);
      if (!reason) return void told.delete(id);
      for (const button of form.querySelectorAll("[name=outcome], .outcome button, [data-key=x]")) button.disabled = true;
      say(`${reason} A note can still be kept.`, "Next card", { form: "deed", formaction: "/next" });
    } else if (holder !== undefined && holder && holder.toLowerCase() !== me && form.dataset.mine) {
      say(`${holder} has this card now.`, "Next card", { form: "deed", formaction: "/next" });
    } else if (holder !== undefined) {
      line.hidden = true;
    }
  }

  function showList() {
    for (const [id, row] of rows) {
      const holder = known.get(id);
      if (holder === undefined) withdraw(id, row);
      else label(row, holder);
    }
    const fresh = [...known.keys()].filter((id) => !rows.has(id)).length;
    if (!fresh) line.hidden = true;
    else if (line.dataset.fresh !== String(fresh) || line.hidden) {
      say(`${fresh} new ${fresh === 1 ? "card" : "cards"}`, "Show", { href: `${location.pathname}${query}` });
    }
    line.dataset.fresh = fresh;
  }

  function label(row, holder) {
    const mine = holder && holder.toLowerCase() === me;
    row.querySelector(".holder").textContent = mine ? "You have it" : holder ? `${holder} has it` : "";
    row.classList.toggle("held", Boolean(holder) && !mine);
  }

  async function withdraw(id, row) {
    if (told.has(id)) return;
    told.add(id);
    const reason = await why(id);
    if (!reason) return void told.delete(id);
    row.classList.add("gone");
    row.querySelector(".holder").textContent = reason;
  }

  async function poll() {
    clearTimeout(timer);
    try {
      const answer = await fetch(`/events/now${asking()}`, { headers: { Accept: "application/json" } });
      if (answer.status === 401 || answer.redirected) return signedOut();
      if (answer.ok) take(await answer.json());
    } catch {
      // no connection: asked again later
    }
    if (!document.hidden) timer = setTimeout(poll, POLL);
  }

  function signedOut() {
    gone = true;
    const next = encodeURIComponent(location.pathname + location.search);
    say("You are signed out: what is new on the list isn’t shown here any more.", "Sign in", { href: `/login?next=${next}` });
  }

  // A browser has few connections for all its pages: those that nobody sees let theirs go.
  function listen() {
    clearTimeout(timer);
    if (gone) return;
    if (document.hidden) return source?.close(), void (source = null);
    if (source) return;
    if (asks) return void poll();
    source = new EventSource(`/events${asking()}`);
    source.onmessage = (event) => (clearTimeout(timer), take(JSON.parse(event.data)));
    source.onerror = () => (source?.readyState === EventSource.CLOSED ? ask() : wait());
    wait();
  }

  // The first news come at once: where they don't, something on the way holds the stream back.
  function wait() {
    clearTimeout(timer);
    timer = setTimeout(ask, PATIENCE);
  }

  function ask() {
    asks = true;
    source?.close();
    poll();
  }
  document.addEventListener("visibilitychange", listen);
  addEventListener("pagehide", () => source?.close());
  listen();
})();
