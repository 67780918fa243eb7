// Comfort only: every page works without it.

const scan = document.getElementById("scan");

// A scanner types and sends Enter; "/" brings the field back from anywhere but another field.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [contenteditable]");
  if (event.key === "/" && scan && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    scan.focus();
    scan.select();
  }
});

// One press of a button sends a form once.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (button && event.target.method === "post") {
    setTimeout(() => { button.disabled = true; });
  }
});

// Coming back to a page by the browser's button finds its buttons alive again.
window.addEventListener("pageshow", () => {
  for (const button of document.querySelectorAll("button:disabled")) button.disabled = false;
});
