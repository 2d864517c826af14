// Choosing days by drawing over the bars; without it, each bar is a link.

for (const drawing of document.querySelectorAll("svg[data-brush]")) {
  const bars = [...drawing.querySelectorAll("a[data-since]")];
  const form = drawing.closest("section")?.querySelector("form");
  let first = null;
  let last = null;

  const under = (event) => {
    const box = drawing.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    return Math.min(bars.length - 1, Math.max(0, Math.floor(share * bars.length)));
  };
  const show = () => {
    const [from, to] = [Math.min(first, last), Math.max(first, last)];
    bars.forEach((bar, at) => bar.classList.toggle("chosen", first !== null && at >= from && at <= to));
    return [bars[from], bars[to]];
  };

  drawing.addEventListener("pointerdown", (event) => {
    if (event.button === 0 && event.pointerType === "mouse") {
      first = last = under(event);
      event.preventDefault();
    }
  });
  window.addEventListener("pointermove", (event) => {
    if (first !== null) {
      last = under(event);
      show();
    }
  });
  window.addEventListener("pointerup", () => {
    if (first === null) {
      return;
    }
    const [from, to] = show();
    const isDrawn = first !== last;
    first = last = null;
    if (isDrawn && form) {
      form.elements.since.value = from.dataset.since;
      form.elements.until.value = to.dataset.until;
      form.requestSubmit();
    }
  });
  drawing.addEventListener("dragstart", (event) => event.preventDefault());
}
