// Filters, the card that explains a mark, and the table that sorts.  Without it the page has everything but these.
// Nothing here makes markup from text: nodes are copied, or get textContent.
(() => {
"use strict";
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const body = document.body;
body.classList.add("js");

// ---- what belongs to each flag
const pieces = new Map();
for (const mark of all(".text mark")) {
  const id = mark.getAttribute("aria-describedby");
  pieces.has(id) ? pieces.get(id).push(mark) : pieces.set(id, [mark]);
}
const entries = all("li[data-p]").map(item => ({
  item, device: item.dataset.d, voice: item.dataset.v, chance: Number(item.dataset.p), marks: pieces.get(item.id) || [],
}));

// ---- filters
const form = document.getElementById("filters");
const status = document.getElementById("status");
const least = document.getElementById("least");
const chosen = name => new Set(all(`input[name="${name}"]:checked`, form).map(box => box.value));
function filter() {
  const devices = chosen("device"), voices = chosen("voice"), floor = Number(least.value);
  document.getElementById("floor").textContent = (floor / 100).toFixed(2);
  let shown = 0;
  for (const { item, device, voice, chance, marks } of entries) {
    const on = devices.has(device) && voices.has(voice) && chance >= floor;
    shown += on;
    if (item.hidden !== on) continue;
    item.hidden = !on;
    for (const mark of marks) {
      mark.classList.toggle("off", !on);
      if (mark.id) mark.tabIndex = on ? 0 : -1;
    }
  }
  hide();
  status.textContent = `${shown.toLocaleString("en")} of ${entries.length.toLocaleString("en")} shown`;
}
if (form) {
  let waiting = 0;
  const fold = document.getElementById("fold");
  fold.open = innerWidth >= 1088; // on a narrow screen the text comes first
  addEventListener("beforeprint", () => { fold.open = true; });
  form.addEventListener("input", event => {
    if (event.target.id === "bars") { body.classList.toggle("plain", !event.target.checked); return; }
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(filter);
  });
  form.addEventListener("submit", event => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(() => { body.classList.remove("plain"); filter(); }));
}

// ---- the card: hover or focus shows it, Escape hides it, and the pointer may rest on it
const card = document.createElement("div");
card.className = "card";
card.setAttribute("aria-hidden", "true"); // the mark is described by its entry already
card.hidden = true;
body.append(card);
let owner = null, leaving = 0;
function hide() { clearTimeout(leaving); card.hidden = true; owner = null; }
function show(mark) {
  clearTimeout(leaving);
  if (owner === mark) return;
  const parts = [];
  for (let node = mark; node && node.closest; node = node.parentElement.closest("mark")) {
    node.removeAttribute("title"); // the card says it better, and once
    const entry = document.getElementById(node.getAttribute("aria-describedby"));
    if (!entry || node.classList.contains("off")) continue;
    const part = document.createElement("div");
    part.append(...[...entry.childNodes].map(child => child.cloneNode(true)));
    parts.push(part);
  }
  if (!parts.length) { hide(); return; }
  card.replaceChildren(...parts);
  card.hidden = false;
  owner = mark;
  const line = mark.getClientRects()[0] || mark.getBoundingClientRect();
  const left = Math.max(8, Math.min(line.left, document.documentElement.clientWidth - card.offsetWidth - 8));
  const below = line.bottom + 6 + card.offsetHeight <= innerHeight || line.top < card.offsetHeight + 6;
  card.style.left = `${left + scrollX}px`;
  card.style.top = `${(below ? line.bottom + 6 : line.top - 6 - card.offsetHeight) + scrollY}px`;
}
const marked = node => node.closest && node.closest(".text mark");
document.addEventListener("pointerover", event => {
  const mark = marked(event.target);
  if (mark) show(mark);
  else if (card.contains(event.target)) clearTimeout(leaving);
  else if (owner && owner !== document.activeElement) { clearTimeout(leaving); leaving = setTimeout(hide, 250); }
});
document.addEventListener("focusin", event => { const mark = marked(event.target); if (mark) show(mark); else hide(); });
document.addEventListener("focusout", hide);
document.addEventListener("keydown", event => {
  if (event.key === "Escape") hide();
  const mark = marked(event.target);
  if (mark && event.key === "Enter") { hide(); location.hash = mark.getAttribute("aria-describedby"); }
});

// ---- the index
for (const table of all("table.index")) {
  const heads = all("th", table.tHead);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      // Numbers are wanted highest first, names from the beginning of the alphabet.
      const first = column ? "descending" : "ascending", other = column ? "ascending" : "descending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      for (const each of heads) each.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const key = row => row.cells[column].textContent;
      const number = row => Number(row.cells[column].textContent.replaceAll(",", ""));
      const rows = [...table.tBodies[0].rows];
      rows.sort(column ? (a, b) => sign * (number(a) - number(b)) : (a, b) => sign * key(a).localeCompare(key(b), "en", { numeric: true }));
      table.tBodies[0].append(...rows);
    });
  });
}
})();
