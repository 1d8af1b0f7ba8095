// What htmx leaves to the page: focus, words for screen readers, and a message when no answer comes.
// Nothing here is needed: without JavaScript every form is sent and every page drawn by the server.
(() => {
  "use strict";
  const problem = () => document.getElementById("problem");

  function complain(words) {
    const line = document.createElement("p");
    line.textContent = words;
    problem().replaceChildren(line);
    problem().scrollIntoView({ block: "nearest" });
  }

  const unreachable = "没有连上服务器，这一步没有保存。您填写的都还在，请检查网络后再按一次。";
  document.addEventListener("htmx:sendError", () => complain(unreachable));
  document.addEventListener("htmx:timeout", () => complain(unreachable));
  document.addEventListener("htmx:beforeRequest", () => problem().replaceChildren());

  // An element that replaces itself loses the focus: its successor, or the first button in it, takes it. Who works
  // through a list of proposals (data-stays) is given the next of them, wherever else the page has changed.
  document.addEventListener("htmx:afterSwap", (event) => {
    const wrong = document.querySelector(".summary[autofocus]");
    if (wrong) wrong.focus();
    else if (document.activeElement === document.body && event.detail.target.id) {
      const pressedIn = event.detail.requestConfig.elt.closest("[data-stays]");
      const stays = pressedIn && document.getElementById(pressedIn.id).querySelector("button");
      const place = document.getElementById(event.detail.target.id);
      const here = stays || (place && place.querySelector("[data-here]"));
      const meant = here || (place && place.querySelector("[data-focus]"));
      const next = meant || (place && (place.querySelector("button") || place.querySelector("a[href]")));
      if (next) next.focus({ preventScroll: !here });
    }
    if (event.detail.target.id === "problem") problem().scrollIntoView({ block: "nearest" });
  });

  // data-say on a swapped element is read out once.
  document.addEventListener("htmx:afterSettle", (event) => {
    const words = event.detail.elt && event.detail.elt.dataset && event.detail.elt.dataset.say;
    if (words) document.getElementById("said").textContent = words;
  });

  window.addEventListener("load", () => {
    const wrong = document.querySelector(".summary[autofocus]");
    if (wrong) wrong.focus();
  });
})();
