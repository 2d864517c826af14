// Renews the part of a page that says what runs now. Without script, the page has a link that
// lets the browser load it again by itself.

import { showTimes } from "./site.js";

const PAUSE_MS = 3000;

async function renew(part) {
  if (!document.hidden && !part.contains(document.activeElement)) {
    const answer = await fetch(part.dataset.live, { headers: { accept: "text/html" } });
    if (answer.ok) {
      part.innerHTML = await answer.text();
      showTimes(part);
    }
  }
  if (!part.querySelector("[data-done]")) {
    setTimeout(() => renew(part).catch(() => setTimeout(() => watch(part), PAUSE_MS)), PAUSE_MS);
  }
}

function watch(part) {
  renew(part).catch(() => setTimeout(() => watch(part), PAUSE_MS));
}

for (const part of document.querySelectorAll("[data-live]")) {
  if (!part.querySelector("[data-done]")) {
    setTimeout(() => watch(part), PAUSE_MS);
  }
}
