"use strict";
/* Clips play while they are seen, unless the system or the reader asks for stillness; code can be copied. */
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const KEY = "clips";
  const kept = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const keep = (value) => { try { localStorage.setItem(KEY, value); } catch { /* a page from a disk may keep nothing */ } };
  let moving = kept() === null ? !calm.matches : kept() === "moving";
  const clips = [...document.querySelectorAll(".clip video")];
  const seen = new Set();

  const say = (video) => {
    const button = video.closest("figure").querySelector(".motion");
    button.toggleAttribute("data-still", !moving);
    button.setAttribute("aria-label", moving ? "Stop the clips" : "Play the clips");
  };
  const follow = (video) => {
    if (moving && seen.has(video)) video.play().catch(() => {});
    else video.pause();
    say(video);
  };
  const watch = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) seen.add(target); else seen.delete(target);
      follow(target);
    }
  }, { threshold: 0.4 });
  for (const video of clips) {
    video.controls = false;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "motion";
    button.addEventListener("click", () => {
      moving = !moving;
      keep(moving ? "moving" : "still");
      clips.forEach(follow);
    });
    video.closest("figure").append(button); // beside the words: nothing of the picture is covered
    say(video);
    watch.observe(video);
  }
  calm.addEventListener("change", () => {
    if (kept() === null) { moving = !calm.matches; clips.forEach(follow); }
  });

  for (const block of document.querySelectorAll("div.highlight")) {
    const code = block.querySelector("pre");
    if (code.scrollWidth > code.clientWidth) code.tabIndex = 0;
    if (!navigator.clipboard || block.closest(".output, .typed")) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copies";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(code.textContent.replace(/\n$/, ""));
      button.textContent = "Copied";
      setTimeout(() => { button.textContent = "Copy"; }, 1500);
    });
    block.append(button);
  }
  for (const wrapper of document.querySelectorAll(".table-wrapper, .display")) {
    if (wrapper.scrollWidth > wrapper.clientWidth) wrapper.tabIndex = 0;
  }
})();
