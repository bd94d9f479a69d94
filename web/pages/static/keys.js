// "/" leads to the search box from anywhere but a field that takes it as text,
// unless it was switched off in the account menu.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("search");
  const at = event.target;
  const typing = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing || box?.getAttribute("aria-keyshortcuts") !== "/") return;
  event.preventDefault();
  box.focus();
  box.select();
});
// Escape closes what is open over the page.
document.addEventListener("keydown", (event) => {
  const over = event.key === "Escape" && document.querySelector(":is(.menu, #cancel .once)[open]");
  if (!over) return;
  over.open = false;
  over.querySelector("summary").focus();
});
// An address that ends in a line of a text puts the cursor there. The browser
// itself leads to the number beside the line, which takes the focus away again:
// so this comes after it.
const toLine = () => {
  const box = document.getElementById("text");
  const line = /^#L(\d+)$/.exec(location.hash)?.[1];
  if (!line || box?.tagName !== "TEXTAREA") return;
  const at = box.value.split("\n").slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  box.focus({ preventScroll: true });
  box.setSelectionRange(at, at);
};
addEventListener("hashchange", () => setTimeout(toLine));
addEventListener("load", () => setTimeout(toLine));
