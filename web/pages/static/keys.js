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
