// Focus on a field lights the box of what was read; keys for the quick way. Every page works without this file.
(function () {
  "use strict";
  function light(event) {
    var name = event.target.getAttribute && event.target.getAttribute("data-field");
    document.querySelectorAll(".app-box.is-lit").forEach(function (box) { box.classList.remove("is-lit"); });
    if (!name) { return; }
    document.querySelectorAll('.app-box[data-field="' + CSS.escape(name) + '"]').forEach(function (box) {
      box.classList.add("is-lit");
      box.scrollIntoView({ block: "nearest" });
    });
  }
  function nextDoubt() {
    var all = Array.prototype.slice.call(document.querySelectorAll(".app-field--doubt input, .app-field--doubt textarea, .app-field--doubt select"));
    if (!all.length) { all = Array.prototype.slice.call(document.querySelectorAll(".app-field input, .app-field textarea")); }
    var at = all.indexOf(document.activeElement);
    if (all.length) { all[(at + 1) % all.length].focus(); }
  }
  function keys(event) {
    var accept = document.getElementById("accept");
    var next = document.getElementById("next-email");
    if (event.ctrlKey && event.key === "Enter" && accept) { event.preventDefault(); accept.click(); }
    if (event.altKey && event.key === "ArrowDown" && document.getElementById("decide")) { event.preventDefault(); nextDoubt(); }
    if (event.altKey && event.key.toLowerCase() === "n" && next) { event.preventDefault(); next.click(); }
  }
  // A warning before typed text is left behind.
  var changed = false;
  document.addEventListener("input", function (event) { if (event.target.form && event.target.form.id === "decide") { changed = true; } });
  document.addEventListener("submit", function () { changed = false; });
  window.addEventListener("beforeunload", function (event) { if (changed) { event.preventDefault(); } });
  document.addEventListener("focusin", light);
  document.addEventListener("keydown", keys);
})();
