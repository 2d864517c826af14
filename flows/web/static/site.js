// Times in the reader's zone, and keys. Everything else works without script.

const clock = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });

export function showTimes(root) {
  for (const time of root.querySelectorAll("time[datetime]")) {
    const at = new Date(time.dateTime);
    if (!Number.isNaN(at.getTime())) {
      time.textContent = clock.format(at);
    }
  }
}

showTimes(document);

// Results, stories and rows that j and k walk through: the first link of each.
function stops() {
  return [...document.querySelectorAll("[data-stop]")]
    .map((stop) => (stop.matches("a") ? stop : stop.querySelector("a")))
    .filter(Boolean);
}

function walk(step) {
  const links = stops();
  const at = links.indexOf(document.activeElement);
  const next = links[at < 0 ? (step > 0 ? 0 : links.length - 1) : at + step];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
    return;
  }
  const keys = {
    "/": () => document.getElementById("q")?.focus(),
    j: () => walk(1),
    k: () => walk(-1),
    "?": () => { location.href = "/help"; },
  };
  if (event.key in keys) {
    event.preventDefault();
    keys[event.key]();
  }
});
