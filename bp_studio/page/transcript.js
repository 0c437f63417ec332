/* The transcript follows the film, unless someone is reading elsewhere in it; a sentence leads to its moment. */
const calm = matchMedia("(prefers-reduced-motion: reduce)");

function follow(panel, element) {
  if (!element || panel.hidden || panel.matches(":hover, :focus-within")) return;
  const top = element.getBoundingClientRect().top - panel.getBoundingClientRect().top + panel.scrollTop;
  panel.scrollTo({ top: top - panel.clientHeight / 3, behavior: calm.matches ? "auto" : "smooth" });
}

/* Of many in a row only one is reached by Tab; the arrows lead to the others. */
function rove(elements) {
  const reach = (at) => elements.forEach((element, number) => { element.tabIndex = number === at ? 0 : -1; });
  elements.forEach((element, number) => {
    element.addEventListener("focus", () => reach(number));
    element.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      for (let at = number + by; elements[at]; at += by) {
        if (elements[at].checkVisibility()) { elements[at].focus(); return; }
      }
    });
  });
  reach(0);
}

function makeTranscript(data, player) {
  const panel = byId("transcript");
  const said = [...panel.querySelectorAll(".said")];
  let current = -1;
  said.forEach((link, number) => link.addEventListener("click", (event) => {
    event.preventDefault();
    player.go(data.captions[number][0] + 0.01);
  }));
  rove(said);
  player.listen((time) => {
    const number = data.captions.findLastIndex(([start]) => start <= time + 0.005);
    if (number === current) return;
    for (const at of [current, number]) {
      const on = at === number;
      said[at]?.classList.toggle("on", on);
      if (on) said[at]?.setAttribute("aria-current", "true");
      else said[at]?.removeAttribute("aria-current");
    }
    current = number;
    follow(panel, said[number]);
  });

  const tabs = [...document.querySelectorAll('[role="tab"]')];
  const open = (chosen) => {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      byId(tab.getAttribute("aria-controls")).hidden = !on;
    }
    const panel = byId(chosen.getAttribute("aria-controls"));
    follow(panel, panel.querySelector(".on"));
  };
  tabs.forEach((tab, number) => {
    tab.addEventListener("click", () => open(tab));
    tab.addEventListener("keydown", (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      const next = tabs[(number + by + tabs.length) % tabs.length];
      open(next);
      next.focus();
    });
  });
  byId("tabs").hidden = false;
  open(tabs[0]);
}
