/* Keys, which never take one from a field, a list or a slider that is in use. */
function makeKeys(player, captions) {
  const help = byId("help"), letters = byId("letters");
  const toggleHelp = () => (help.open ? help.close() : help.showModal());
  const steps = (by) => (player.isStepping() ? player.idea(by) : player.by(5 * by));
  const always = {
    " ": player.toggle,
    ArrowLeft: () => steps(-1),
    ArrowRight: () => steps(1),
    PageUp: () => player.isStepping() && player.idea(-1),
    PageDown: () => player.isStepping() && player.idea(1),
  };
  const lettered = {
    k: player.toggle, j: () => player.by(-10), l: () => player.by(10), p: () => player.chapter(-1), n: () => player.chapter(1),
    s: player.step, "<": () => player.faster(-1), ">": () => player.faster(1), c: captions.turn, f: player.full, t: theme.turn, "?": toggleHelp,
  };
  byId("help-opens").addEventListener("click", toggleHelp);
  byId("help-closes").addEventListener("click", () => help.close());
  byId("help-opens").hidden = false;
  letters.checked = kept.read("letters") !== "off";
  letters.addEventListener("change", () => kept.write("letters", letters.checked ? "on" : "off"));
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || (help.open && event.key !== "?")) return;
    const { target } = event, ownKeys = target.matches('input:not(#seek):not([type="checkbox"]), select, [role="tab"]');
    const isButton = target.matches('button, [type="checkbox"]'), scrolls = target.matches(".panel, .panel *") && event.key.startsWith("Page");
    if ((event.key === " " && isButton) || scrolls) return;
    if (ownKeys && (event.key.length > 1 || target.matches('[type="search"], select') || event.key === " ")) return;
    const action = always[event.key] ?? (letters.checked ? lettered[event.key.toLowerCase()] : undefined);
    if (!action || (event.key.startsWith("Page") && !player.isStepping())) return;
    event.preventDefault();
    action();
  });
}
