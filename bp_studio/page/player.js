/* The film: it plays, seeks, stops after each idea, and tells those who listen what time it is. */
function makePlayer(data) {
  const film = byId("film"), stage = byId("stage"), seek = byId("seek"), speed = byId("speed");
  const listeners = [];
  const last = data.chapters.length - 1;
  let stepping = kept.read("steps") === "on", stop = Infinity, sought = null;

  const clock = (seconds) => {
    const whole = Math.floor(seconds + 0.001), pad = (n) => String(n).padStart(2, "0");
    const minutes = Math.floor(whole / 60);
    return minutes < 60 ? `${minutes}:${pad(whole % 60)}` : `${Math.floor(minutes / 60)}:${pad(minutes % 60)}:${pad(whole % 60)}`;
  };
  const now = () => sought ?? film.currentTime;
  const chapterAt = (time) => Math.max(0, data.chapters.findLastIndex((chapter) => chapter.start <= time + 0.01));
  const stopAfter = (time) => data.steps.find((step) => step > time + 0.1) ?? Infinity;

  function tell() {
    const time = now(), chapter = chapterAt(time);
    byId("time").textContent = clock(time);
    seek.value = time;
    seek.style.setProperty("--played", `${(100 * time) / data.duration}%`);
    seek.setAttribute("aria-valuetext", `${clock(time)} of ${clock(data.duration)}, ${data.chapters[chapter].title}`);
    for (const listener of listeners) listener(time, chapter);
  }
  function go(time) {
    sought = Math.min(Math.max(time, 0), data.duration - 0.02);
    film.currentTime = sought;
    stop = stepping ? stopAfter(sought) : Infinity;
    tell();
  }
  function check() {
    if (!film.paused && film.currentTime >= stop) {
      film.pause();
      go(stop);
    } else tell();
  }
  function run() {
    if (film.paused) return;
    check();
    requestAnimationFrame(run);
  }
  const play = () => {
    if (film.ended || now() >= data.duration - 0.05) go(0);
    stop = stepping ? stopAfter(now()) : Infinity;
    // who stops it before it has begun means to
    return film.play().catch((error) => { if (error.name !== "AbortError") throw error; });
  };
  const toggle = () => (film.paused ? play() : film.pause());
  const chapter = (by) => {
    const time = now(), at = chapterAt(time);
    const again = by < 0 && time > data.chapters[at].start + 2;
    go(data.chapters[Math.min(Math.max(again ? at : at + by, 0), last)].start);
  };
  const idea = (by) => {
    if (by > 0 && film.paused) return play();
    film.pause();
    if (by > 0) return go(stop);
    const before = data.steps.filter((step) => step < now() - 0.1);
    return go(before.at(-1) ?? 0);
  };
  function setStepping(on) {
    stepping = on;
    stop = on && !film.paused ? stopAfter(now()) : Infinity;
    byId("steps").setAttribute("aria-pressed", String(on));
    kept.write("steps", on ? "on" : "off");
  }
  const faster = (by) => {
    const at = data.speeds.indexOf(film.playbackRate) + by;
    setSpeed(data.speeds[Math.min(Math.max(at, 0), data.speeds.length - 1)]);
  };
  function setSpeed(rate) {
    film.playbackRate = rate;
    speed.value = String(rate);
  }
  const full = () => (document.fullscreenElement ? document.exitFullscreen() : stage.requestFullscreen());

  stage.style.setProperty("--ratio", data.size[0] / data.size[1]);
  film.controls = false;
  film.tabIndex = -1;
  byId("controls").hidden = false;
  byId("frame").classList.add("playable");
  film.addEventListener("play", () => { stage.classList.add("playing"); byId("play-says").textContent = byId("play").dataset.pause; requestAnimationFrame(run); });
  film.addEventListener("pause", () => { stage.classList.remove("playing"); byId("play-says").textContent = byId("play").dataset.play; tell(); });
  film.addEventListener("seeked", () => { sought = null; tell(); });
  film.addEventListener("timeupdate", check);
  film.addEventListener("click", toggle);
  byId("play").addEventListener("click", toggle);
  byId("back").addEventListener("click", () => chapter(-1));
  byId("on").addEventListener("click", () => chapter(1));
  byId("steps").addEventListener("click", () => setStepping(!stepping));
  byId("full").addEventListener("click", full);
  byId("full").hidden = !document.fullscreenEnabled;
  seek.addEventListener("input", () => go(Number(seek.value)));
  speed.addEventListener("change", () => setSpeed(Number(speed.value)));
  for (const { start } of data.chapters.slice(1)) {
    const mark = document.createElement("i");
    mark.style.left = `${(100 * start) / data.duration}%`;
    byId("marks").append(mark);
  }
  const chapters = [...document.querySelectorAll("#chapters button")];
  chapters.forEach((button, number) => button.addEventListener("click", () => go(data.chapters[number].start)));
  listeners.push((_, current) => chapters.forEach((button, number) => {
    if (number === current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }));
  setStepping(stepping);

  return {
    film, go, play, toggle, chapter, idea, faster, full, clock, now, tell,
    by: (seconds) => go(now() + seconds),
    pause: () => film.pause(),
    isStepping: () => stepping,
    step: () => setStepping(!stepping),
    listen: (listener) => listeners.push(listener),
  };
}
