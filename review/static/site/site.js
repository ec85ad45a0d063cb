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
  // Another form of the page (ask, teach, read again) carries along what stands typed in the answers' boxes.
  function carry(event) {
    var decide = document.getElementById("decide"), form = event.target;
    if (changed && decide && form !== decide && form.closest("main")) {
      Array.prototype.forEach.call(decide.elements, function (box) {
        if (box.name && box.type !== "hidden" && box.tagName !== "BUTTON") { hide(form, box.name, box.value); }
      });
      hide(form, "child", decide.getAttribute("data-child"));
    }
    changed = false;
  }
  function hide(form, name, value) {
    if (form.elements[name]) { return; }
    var box = document.createElement("input");
    box.type = "hidden"; box.name = name; box.value = value;
    form.appendChild(box);
  }
  document.addEventListener("submit", carry);
  window.addEventListener("beforeunload", function (event) { if (changed) { event.preventDefault(); } });
  document.addEventListener("focusin", light);
  document.addEventListener("keydown", keys);
})();
