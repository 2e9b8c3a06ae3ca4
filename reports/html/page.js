(function () {
  "use strict";
  // Values where a reader points.
  var tip = document.getElementById("tip");
  function place(x, y) {
    var left = Math.min(x + 12, window.innerWidth - tip.offsetWidth - 8);
    tip.style.left = Math.max(4, left) + "px";
    tip.style.top = Math.max(4, y - tip.offsetHeight - 10) + "px";
  }
  document.querySelectorAll(".spot").forEach(function (spot) {
    var title = spot.querySelector("title");
    var text = title.textContent;
    title.remove(); // else the browser shows its own as well
    spot.setAttribute("aria-label", text);
    spot.addEventListener("pointerenter", function (e) {
      tip.textContent = text;
      tip.hidden = false;
      place(e.clientX, e.clientY);
    });
    spot.addEventListener("pointerleave", function () { tip.hidden = true; });
  });
  // One step, or all.
  var form = document.querySelector(".choose");
  var select = document.getElementById("step");
  var names = Array.prototype.slice.call(select.options, 1).map(function (o) { return o.text; });
  function choose() {
    var chosen = Number(select.value);
    document.querySelectorAll("tbody[data-group]").forEach(function (body) {
      var at = names.indexOf(body.dataset.group);
      body.hidden = chosen >= 0 && at >= 0 && at !== chosen;
    });
    document.querySelectorAll("figure[data-step]").forEach(function (f) {
      f.hidden = chosen >= 0 && Number(f.dataset.step) !== chosen;
    });
    document.querySelectorAll("#t-steps tbody tr").forEach(function (row, i) {
      if (i === chosen) { row.setAttribute("aria-current", "true"); } else { row.removeAttribute("aria-current"); }
    });
  }
  select.addEventListener("change", choose);
  form.addEventListener("submit", function (e) { e.preventDefault(); });
  if (names.length > 1) { form.hidden = false; }
  choose();
})();
