// Completes names of tables, views and columns in the SQL editor, and runs it with Ctrl+Enter.

const editor = document.getElementById("sql");
const list = document.getElementById("completions");
const MOST = 8;
let words = [];
let found = [];
let chosen = -1;

fetch(editor.dataset.words)
  .then((answer) => (answer.ok ? answer.json() : {}))
  .then((relations) => {
    const names = Object.entries(relations).flatMap(([name, columns]) => [name, ...columns]);
    words = [...new Set(names)].sort();
  })
  .catch(() => {});

function begun() {
  const before = editor.value.slice(0, editor.selectionStart);
  return /[A-Za-z_]\w*$/.exec(before)?.[0] ?? "";
}

function show() {
  const word = begun().toLowerCase();
  found = word.length < 2 ? [] : words.filter((name) => name.startsWith(word) && name !== word).slice(0, MOST);
  chosen = -1;
  draw();
}

function draw() {
  list.replaceChildren(
    ...found.map((name, at) => {
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "quiet";
      button.textContent = name;
      button.tabIndex = -1;
      button.toggleAttribute("data-chosen", at === chosen);
      button.addEventListener("click", () => complete(name));
      item.append(button);
      return item;
    }),
  );
  list.hidden = found.length === 0;
}

function complete(name) {
  const end = editor.selectionStart;
  editor.setRangeText(name, end - begun().length, end, "end");
  editor.focus();
  found = [];
  draw();
}

editor.addEventListener("input", show);
editor.addEventListener("blur", () => setTimeout(() => { list.hidden = true; }, 200));
editor.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    editor.form.requestSubmit();
  } else if (found.length && !list.hidden) {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) {
      event.preventDefault();
      chosen = (chosen + steps[event.key] + found.length) % found.length;
      draw();
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      complete(found[chosen]);
    } else if (event.key === "Escape") {
      found = [];
      draw();
    }
  }
});
