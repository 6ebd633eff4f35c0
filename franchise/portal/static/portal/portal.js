// Sheets, waiting, no network. Every page works without it; nothing here decides anything.
"use strict";

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    event.preventDefault();
    document.getElementById(opener.dataset.open).showModal();
  } else if (event.target.closest("[data-close]") || event.target.matches("dialog.rg-sheet")) {
    event.target.closest("dialog").close();
  } else if (event.target.closest("[data-reload]")) {
    location.reload();
  }
});

// A second tap on a button that was pressed does nothing.
document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-once]");
  if (!form) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  const button = event.submitter;
  if (button && button.dataset.busy) {
    button.setAttribute("aria-busy", "true");
    button.textContent = button.dataset.busy;
  }
});
// A page that comes back from the browser's memory may be sent again.
window.addEventListener("pageshow", (event) => {
  if (event.persisted && document.querySelector("form[data-sent]")) location.reload();
});

document.querySelectorAll("select[data-submit], input[data-submit]").forEach((field) => {
  field.addEventListener("change", () => field.form.requestSubmit());
});

document.querySelectorAll("[data-wait]").forEach((button) => {
  const text = button.textContent;
  const until = Date.now() + 1000 * Number(button.dataset.wait);
  const tick = () => {
    const left = Math.ceil((until - Date.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? button.dataset.waitText.replace("SECONDS", left) : text;
    if (left > 0) setTimeout(tick, 500);
  };
  tick();
});

const offline = document.getElementById("offline");
const showNetwork = () => { offline.hidden = navigator.onLine; };
window.addEventListener("online", showNetwork);
window.addEventListener("offline", showNetwork);
showNetwork();

setTimeout(() => document.querySelectorAll(".rg-toasts").forEach((toasts) => toasts.remove()), 3000);

// The skeleton stands where the figures will, but only when it takes longer than 300 ms.
const waiting = new WeakMap();
document.addEventListener("htmx:beforeRequest", (event) => {
  const target = event.detail.target;
  waiting.set(target, setTimeout(() => {
    target.classList.add("is-waiting");
    target.setAttribute("aria-busy", "true");
  }, 300));
});
document.addEventListener("htmx:afterRequest", (event) => {
  const target = event.detail.target;
  clearTimeout(waiting.get(target));
  target.classList.remove("is-waiting");
  target.removeAttribute("aria-busy");
});
["htmx:sendError", "htmx:responseError", "htmx:timeout"].forEach((name) => {
  document.addEventListener(name, () => document.getElementById("failed").showModal());
});
