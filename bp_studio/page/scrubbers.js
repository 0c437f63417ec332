/* Scrubbers: every number was computed beforehand, point by point; dragging only chooses a point. */
const SVG = "http://www.w3.org/2000/svg";

function draw(tag, attributes, parent) {
  const element = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  parent?.append(element);
  return element;
}

function symbolOf(data, name) {
  const known = data.symbols[name];
  if (!known) return Object.assign(document.createElement("code"), { textContent: name });
  const [id, box, height, depth] = known;
  const svg = draw("svg", { class: `symbol d${depth}`, viewBox: box, height: `${height}em`, role: "img", "aria-label": name });
  draw("use", { href: `#${id}` }, svg);
  return svg;
}

/* Numbers come with a decimal point, and are written with the mark of the page's language. */
const decimal = document.documentElement.dataset.decimal;
const written = (text) => text.replaceAll("-", "\u2212").replace(".", decimal);

function numeral(text) {
  const [mantissa, exponent] = written(text).split("e");
  if (exponent === undefined) return [mantissa];
  return [`${mantissa} \u00b7 10`, Object.assign(document.createElement("sup"), { textContent: exponent })];
}

const roleOf = (name) => ({ w: "weight", b: "bias", z: "pre-activation", a: "activation", C: "cost" })[name.replace(/^d/, "")[0]];

function makeLine(data, line, home) {
  const { name, low, high, values } = line;
  const part = (tag, className, parent, ...children) => {
    const element = Object.assign(document.createElement(tag), { className });
    element.append(...children);
    parent?.append(element);
    return element;
  };
  const row = part("div", `line role-${roleOf(name)}${values.length > 1 ? "" : " still"}`);
  part("div", "what", row, symbolOf(data, name));
  const track = part("div", "track", row);
  part("div", "rail", track);
  const [from, to] = [Number(low), Number(high)];
  const across = (text) => `${(100 * (Number(text) - from)) / (to - from)}%`;
  const at = (point) => values[Math.min(point, values.length - 1)];
  const zero = from < 0 && to > 0 ? ["0"] : [];
  for (const end of [low, ...zero, high]) part("i", "tick", track).style.left = across(end);
  part("span", "low", track, ...numeral(low));
  part("span", "high", track, ...numeral(high));
  const way = part("div", "way", track), was = part("div", "was", track), is = part("div", "is", track);
  was.style.left = across(at(home));
  const value = part("div", "value", row);
  value.dataset.quantity = name;
  return {
    row,
    set(point) {
      is.style.left = across(at(point));
      const [one, other] = [Number(at(home)), Number(at(point))].sort((a, b) => a - b);
      way.style.left = across(one);
      way.style.width = `${(100 * (other - one)) / (to - from)}%`;
      value.replaceChildren(...numeral(at(point)));
    },
  };
}

/* C over the parameter, through the computed points, and the straight line of its derivative. */
function makeCurve(data, scrubber) {
  const svg = byId("curve"), cost = scrubber.forward.at(-1), slope = scrubber.derivatives[0], { line, home } = scrubber;
  const across = (value) => 30 + (360 * (value - Number(line.low))) / (Number(line.high) - Number(line.low));
  const down = (value) => 270 - (250 * (value - Number(cost.low))) / (Number(cost.high) - Number(cost.low));
  const at = (point) => [across(Number(line.values[point])), down(Number(cost.values[Math.min(point, cost.values.length - 1)]))];
  svg.replaceChildren();
  draw("path", { class: "axis", d: "M30 10V270H394" }, svg);
  const label = (x, y, anchor, text) => { draw("text", { x, y, "text-anchor": anchor }, svg).textContent = written(text).replace("e", "\u00b710^"); };
  label(24, 274, "end", cost.low);
  label(24, 24, "end", cost.high);
  label(30, 292, "start", line.low);
  label(394, 292, "end", line.high);
  draw("polyline", { class: "graph", points: line.values.map((_, point) => at(point).join()).join(" ") }, svg);
  const drop = draw("line", { class: "drop" }, svg), tangent = draw("line", { class: "slope" }, svg);
  const [x, y] = at(home);
  draw("circle", { class: "origin", cx: x, cy: y, r: 5 }, svg);
  const dot = draw("circle", { class: "point", r: 7 }, svg);
  byId("curve-cost").replaceChildren(symbolOf(data, cost.name));
  byId("curve-parameter").replaceChildren(symbolOf(data, line.name));
  return (point) => {
    const [px, py] = at(point);
    const [dx, dy] = [across(1) - across(0), down(Number(slope.values[Math.min(point, slope.values.length - 1)])) - down(0)];
    const long = 90 / Math.hypot(dx, dy);
    const ends = { x1: px - dx * long, y1: py - dy * long, x2: px + dx * long, y2: py + dy * long };
    for (const [name, value] of Object.entries(ends)) tangent.setAttribute(name, value);
    for (const [name, value] of Object.entries({ x1: px, y1: py, x2: px, y2: 270 })) drop.setAttribute(name, value);
    dot.setAttribute("cx", px);
    dot.setAttribute("cy", py);
  };
}

/* The chain rule: the derivative, and the factors that it is the product of, each with its number below. */
function makeChain(data, scrubber) {
  const cell = (...children) => {
    const element = Object.assign(document.createElement("span"), { className: "cell" });
    element.append(...children);
    return element;
  };
  const numbers = scrubber.derivatives.map(({ name }) => Object.assign(document.createElement("span"), { className: `role-${roleOf(name)}` }));
  const sign = (number, one, other) => {
    const above = Object.assign(document.createElement("span"), { className: "above", textContent: one });
    const under = Object.assign(document.createElement("span"), { textContent: other });
    return number ? [cell(above, under)] : [];
  };
  byId("chain").replaceChildren(...scrubber.derivatives.flatMap(({ name }, number) => {
    const above = Object.assign(document.createElement("span"), { className: "above" });
    above.append(symbolOf(data, name));
    return [...sign(number, ...(number === 1 ? ["=", "≈"] : ["·", "·"])), cell(above, numbers[number])];
  }));
  return (point) => scrubber.derivatives.forEach(({ values }, number) => {
    const text = values[Math.min(point, values.length - 1)], digits = numeral(text);
    numbers[number].replaceChildren(...(number > 1 && text.startsWith("-") ? ["(", ...digits, ")"] : digits));
  });
}

function makeScrubbers(data) {
  const lab = byId("lab");
  if (!lab) return;
  const drag = byId("drag"), row = document.querySelector(".dragged");
  let scrubber, lines = [], curve, chain;

  function set(point) {
    const text = scrubber.line.values[point];
    drag.value = point;
    drag.setAttribute("aria-valuetext", text.replace(".", decimal));
    byId("dragged-value").replaceChildren(...numeral(text));
    byId("home").disabled = point === scrubber.home;
    for (const line of lines) line.set(point);
    curve(point);
    chain(point);
  }
  function choose(number) {
    scrubber = data.scrubbers[number];
    const { name, low, high } = scrubber.line;
    row.className = `line dragged role-${roleOf(name)}`;
    byId("dragged-name").replaceChildren(symbolOf(data, name));
    drag.setAttribute("aria-label", name);
    row.querySelector(".low").replaceChildren(...numeral(low));
    row.querySelector(".high").replaceChildren(...numeral(high));
    byId("step").textContent = written(scrubber.step);
    const make = (line) => makeLine(data, line, scrubber.home);
    const [forward, derivatives] = [scrubber.forward.map(make), scrubber.derivatives.map(make)];
    byId("forward").replaceChildren(...forward.map((line) => line.row));
    byId("derivatives").replaceChildren(...derivatives.map((line) => line.row));
    lines = [...forward, ...derivatives];
    curve = makeCurve(data, scrubber);
    chain = makeChain(data, scrubber);
    set(scrubber.home);
  }
  drag.addEventListener("input", () => set(Number(drag.value)));
  byId("home").addEventListener("click", () => { set(scrubber.home); drag.focus(); });
  for (const radio of lab.querySelectorAll('[name="parameter"]')) radio.addEventListener("change", () => choose(Number(radio.value)));
  lab.hidden = false;
  choose(Number(lab.querySelector('[name="parameter"]:checked').value));
}
