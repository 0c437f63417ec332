/* Captions as cues of the film itself: a track in a file would not load from a disk. */
function makeCaptions(data, player) {
  const button = byId("captions"), line = byId("cue");
  const track = player.film.addTextTrack("captions", button.dataset.label, data.language);
  data.captions.forEach(([start, end, text], number) => {
    const cue = new VTTCue(start, end, text.replaceAll("&", "&amp;").replaceAll("<", "&lt;"));
    cue.id = String(number);
    track.addCue(cue);
  });
  const before = kept.read("captions");
  let shown = false;
  /* They stand below the picture, which has no room to spare; only a player of the system's own draws them itself. */
  function set(on) {
    shown = on;
    line.hidden = !on;
    button.setAttribute("aria-pressed", String(on));
  }
  function turn() {
    set(!shown);
    kept.write("captions", shown ? "on" : "off");
  }
  track.mode = "hidden";
  track.addEventListener("cuechange", () => { line.textContent = [...track.activeCues].map((cue) => data.captions[cue.id][2]).join("\n"); });
  player.film.addEventListener("webkitbeginfullscreen", () => { track.mode = shown ? "showing" : "hidden"; });
  player.film.addEventListener("webkitendfullscreen", () => { track.mode = "hidden"; });
  set(before ? before === "on" : !data.drawn);
  button.addEventListener("click", turn);
  return { turn };
}
