/* Dark or light: as the system says, or as the reader chose. */
const byId = (id) => document.getElementById(id);
const kept = {
  read(key) { try { return localStorage.getItem(`bp-page.${key}`); } catch { return null; } },
  write(key, value) { try { localStorage.setItem(`bp-page.${key}`, value); } catch { /* a disk without a place for it */ } },
};

const theme = (() => {
  const root = document.documentElement, button = byId("theme");
  const light = matchMedia("(prefers-color-scheme: light)");
  const isLight = () => (root.dataset.theme ? root.dataset.theme === "light" : light.matches);
  const tell = () => { byId("theme-says").textContent = isLight() ? button.dataset.dark : button.dataset.light; };
  function turn() {
    root.dataset.theme = isLight() ? "dark" : "light";
    kept.write("theme", root.dataset.theme);
    tell();
  }
  const before = kept.read("theme");
  if (before === "dark" || before === "light") root.dataset.theme = before;
  light.addEventListener("change", tell);
  button.addEventListener("click", turn);
  button.hidden = false;
  tell();
  return { turn };
})();
