// Focus on a field lights the box of what was read. Every page works without this file.
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
  document.addEventListener("focusin", light);
})();
