/* The table of numbers: each row knows from when to when its number stands, and where in the film. */
function makeNumbers(data, player) {
  const panel = byId("numbers"), halo = byId("halo"), wanted = byId("wanted"), onlyNow = byId("now");
  const rows = [...panel.querySelectorAll("tr[data-row]")];
  const texts = rows.map((row) => row.textContent.replaceAll("−", "-").toLowerCase());
  let looked = null, marked = null, time = 0, before = "";

  const place = (number, at) => data.numbers[number].find(([from, until]) => from <= at + 0.02 && at < until - 0.005);
  function ring() {
    const number = looked ?? marked;
    const box = number === null ? undefined : place(number, time);
    halo.hidden = !box;
    if (!box) return;
    const [x, y, width, height] = box.slice(2), [across, down] = data.size, room = 0.008 * across;
    const left = x - room, top = y - room;
    Object.assign(halo.style, {
      left: `${(100 * left) / across}%`, top: `${(100 * top) / down}%`,
      width: `${(100 * (width + 2 * room)) / across}%`, height: `${(100 * (height + 2 * room)) / down}%`,
    });
  }
  function sieve() {
    const words = wanted.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row, number) => {
      row.hidden = (onlyNow.checked && !row.classList.contains("on")) || !words.every((word) => texts[number].includes(word));
    });
    for (const body of panel.querySelectorAll("tbody")) body.hidden = !body.querySelector("tr[data-row]:not([hidden])");
  }
  function mark(number) {
    if (marked !== null) rows[marked].classList.remove("marked");
    marked = number;
    if (marked !== null) rows[marked].classList.add("marked");
  }
  function goTo(number) {
    const places = data.numbers[number];
    const standing = places.findIndex(([from, until]) => from <= time + 0.02 && time < until);
    const next = standing >= 0 && marked === number ? places[(standing + 1) % places.length] : places[Math.max(standing, 0)];
    mark(number);
    player.pause();
    player.go(Math.min(next[0] + 0.03, (next[0] + next[1]) / 2));
    if (innerWidth < 992) byId("frame").scrollIntoView({ block: "nearest" });
  }
  rows.forEach((row, number) => {
    const look = (at) => { looked = at; ring(); };
    row.addEventListener("mouseenter", () => look(number));
    row.addEventListener("mouseleave", () => look(null));
    row.addEventListener("focusin", () => look(number));
    row.addEventListener("focusout", () => look(null));
    row.addEventListener("click", () => goTo(number));
  });
  rove(rows.map((row) => row.querySelector(".moment")));
  player.film.addEventListener("play", () => mark(null));
  player.listen((at) => {
    time = at;
    const on = rows.map((_, number) => (place(number, time) ? number : -1)).filter((number) => number >= 0);
    if (on.join() !== before) {
      before = on.join();
      rows.forEach((row) => row.classList.remove("on"));
      for (const number of on) rows[number].classList.add("on");
      if (onlyNow.checked) sieve();
      else if (!wanted.value) follow(panel, rows[on[0]]);
    }
    ring();
  });
  wanted.addEventListener("input", sieve);
  onlyNow.addEventListener("change", sieve);
  byId("sieve").hidden = false;
}
