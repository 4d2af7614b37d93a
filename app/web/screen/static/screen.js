// What the pages do beside htmx. Everything here is an extra: each form and link works without it.
"use strict";

// A choice that is its own form is sent when it is made.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

// An act's button is disabled while it is under way; coming back to the page it works again.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  setTimeout(() => event.target.querySelectorAll("button").forEach((button) => { button.disabled = true; }));
});
addEventListener("pageshow", () => {
  document.querySelectorAll("button:disabled").forEach((button) => { button.disabled = false; });
});

// Escape closes what is open, and the focus goes back to what opened it.
document.addEventListener("keydown", (event) => {
  const open = event.target.closest?.("details[open]");
  if (event.key === "Escape" && open) {
    open.open = false;
    open.querySelector("summary").focus();
  }
});

// A stream of news that breaks says so, and since when what is shown was true; it comes back by itself.
document.addEventListener("htmx:sse:error", (event) => {
  const line = document.getElementById("lost");
  const source = event.target.closest("[data-lost]");
  if (line && source) {
    line.textContent = source.dataset.lost;
    line.hidden = false;
  }
});
document.addEventListener("htmx:sse:after:connection", () => {
  const line = document.getElementById("lost");
  if (line) line.hidden = true;
});
