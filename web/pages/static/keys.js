// "/" leads to the search box from anywhere but a field that takes it as text.
document.addEventListener("keydown", (event) => {
  const box = document.getElementById("search");
  const at = event.target;
  const typing = at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName);
  if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || typing || !box) return;
  event.preventDefault();
  box.focus();
  box.select();
});
