// What is wrong with the page as it is now: questions that answer with a list of faults.
// Read by looks.py, which asks them in the window that they are about. They leave all as it was.

const told = (el) => (el.getAttribute("aria-label") ?? el.textContent).trim();
const called = (el) => (el.id ? `#${el.id}` : [el.localName, ...el.classList].join("."));
const named = (el) => `${called(el)} (${told(el).replace(/\s+/g, " ").slice(0, 40)})`;
const seen = (el) => el.checkVisibility({ visibilityProperty: true }) && el.getClientRects().length > 0;
const kindOf = (el) => [el.localName, el.type, el.checked, ...MARKS.map((one) => el.getAttribute(one)), el.getAttribute("class"), el.parentElement?.className].join();
const oneOfEach = (all) => [...new Map(all.map((el) => [kindOf(el), el])).values()];
const onTop = document.querySelector("dialog:modal") ?? document.body;

const PARTS = [null, "::before", "::after"];
const MOST = 10; // ms that nobody sees as motion
const STRIPS = ".chips, .filters, .nav, pre, .editor, .matrix-box, .table-scroll, .rota"; // they scroll within themselves by their nature
const MARKS = ["aria-pressed", "aria-selected", "aria-checked", "aria-current"];
const CONTROLS = "a[href], button, input, textarea, select, summary, [tabindex]";

/** What moves, or would: animations that last, transitions, smooth scrolling. */
function moving() {
  const ms = (times) => Math.max(...times.split(",").map((one) => parseFloat(one) * (one.includes("ms") ? 1 : 1000)));
  const lasts = (style) => style.animationName !== "none" && (ms(style.animationDuration) > MOST || style.animationIterationCount === "infinite");
  const moves = (style) => ms(style.transitionDuration) > MOST || style.scrollBehavior === "smooth" || lasts(style);
  const running = document.getAnimations()
    .filter(({ effect, playState }) => playState === "running" && effect.getComputedTiming().endTime > MOST)
    .map(({ effect }) => effect.target);
  const would = oneOfEach([...document.querySelectorAll("*")]).filter((el) => PARTS.some((part) => moves(getComputedStyle(el, part))));
  return [...new Set([...running, ...would])].map(named);
}

/** What is cut off at the edge of the window, or scrolls sideways. */
function tooWide() {
  const page = document.documentElement;
  const faults = page.scrollWidth > page.clientWidth ? [`the page is ${page.scrollWidth} px wide`] : [];
  for (const el of onTop.querySelectorAll("*")) {
    const wide = el.clientWidth && el.scrollWidth > el.clientWidth + 1;
    const scrolls = wide && ["auto", "scroll"].includes(getComputedStyle(el).overflowX);
    const out = beyond(el);
    if (!(scrolls || out) || !seen(el) || el.closest(`.vh, .skip, svg, ${STRIPS}`)) continue;
    if (scrolls) faults.push(`${named(el)} scrolls sideways`);
    if (out) faults.push(`${named(el)} lies from ${out.map(Math.round).join(" to ")} px`);
  }
  return faults;
}

/** From where to where something lies that is beyond the edge, as far as it is not clipped. */
function beyond(el) {
  let { left, right } = el.getBoundingClientRect();
  if (left >= -1 && right <= innerWidth + 1) return null;
  for (let at = el.parentElement; at; at = at.parentElement) {
    if (getComputedStyle(at).overflowX === "visible") continue;
    const clip = at.getBoundingClientRect();
    [left, right] = [Math.max(left, clip.left), Math.min(right, clip.right)];
  }
  return right - left > 1 && (left < -1 || right > innerWidth + 1) ? [left, right] : null;
}

/** Buttons of the sheet that is open which cannot be pressed. */
function covered() {
  const buttons = document.querySelector("dialog:modal")?.querySelectorAll("[type=submit], .btn.primary, [aria-label=Close]") ?? [];
  return [...buttons].filter((one) => seen(one) && !one.disabled).flatMap((button) => {
    button.scrollIntoView({ block: "nearest" });
    const { left, top, width, height } = button.getBoundingClientRect();
    const there = document.elementFromPoint(left + width / 2, top + height / 2);
    return button.contains(there) ? [] : [`${named(button)} is covered by ${there ? named(there) : "the edge of the window"}`];
  });
}

/** Controls, one of each kind, that do not show it when they have the focus. */
function unseenFocus() {
  const all = [...onTop.querySelectorAll(CONTROLS)].filter((el) => seen(el) && !el.disabled && el.tabIndex >= 0);
  const around = (el) => (el ? [el, ...around(el.parentElement)] : []).slice(0, 5);
  const had = document.activeElement;
  const faults = [];
  for (const el of oneOfEach(all)) {
    document.activeElement.blur();
    const before = around(el).map(ring);
    el.focus({ focusVisible: true, preventScroll: true });
    const rings = around(el).some((one, place) => ring(one) && ring(one) !== before[place]);
    if (document.activeElement === el && !rings) faults.push(`no ring: ${named(el)}`);
  }
  had?.focus({ preventScroll: true });
  return faults;
}

/** The outline that can be seen, or ""; around a drawing it is the edge of its first shape. */
function ring(el) {
  if (el.localName === "g") return getComputedStyle(el.querySelector("rect") ?? el).strokeWidth;
  const { outlineStyle, outlineWidth, outlineColor, outlineOffset } = getComputedStyle(el);
  const drawn = outlineStyle === "auto" || (outlineStyle !== "none" && parseFloat(outlineWidth) >= 2);
  return drawn ? [outlineStyle, outlineWidth, outlineColor, outlineOffset].join() : "";
}

/** What is chosen, and how bad something is, told by nothing that forced colours leave. */
function untold() {
  return [...MARKS.flatMap(unmarked), ...unchosen(), ...wordless(), ...unled()];
}

function unmarked(mark) {
  return [...document.querySelectorAll(`[${mark}]:not([${mark}=false])`)].filter(seen).flatMap((el) => {
    const [had, before] = [el.getAttribute(mark), shape(el)];
    if (mark === "aria-current") el.removeAttribute(mark);
    else el.setAttribute(mark, "false");
    const same = shape(el) === before;
    el.setAttribute(mark, had);
    return same ? [`${mark} is not shown: ${named(el)}`] : [];
  });
}

function unchosen() {
  const drawn = (input) => seen(input) && getComputedStyle(input).appearance !== "none" && input.clientWidth > 4;
  return [...document.querySelectorAll("input:checked")].filter((one) => !drawn(one)).flatMap((input) => {
    const label = input.closest("label") ?? input.labels[0];
    if (!label || !seen(label)) return [];
    const before = shape(label);
    input.checked = false;
    const same = shape(label) === before;
    input.checked = true;
    return same ? [`not shown as chosen: ${named(label)}`] : [];
  });
}

function wordless() {
  const edged = ({ outlineStyle, borderTopStyle }) => outlineStyle !== "none" || borderTopStyle !== "none";
  const bad = [...document.querySelectorAll(".sev-block, .badge, .palette-sev")]
    .filter((el) => seen(el) && !(/[1-5]/.test(el.innerText) && edged(getComputedStyle(el))));
  const mute = [...document.querySelectorAll("[data-level=late], [data-level=soon], .state, [data-h], .fix, li.rung")]
    .filter((el) => seen(el) && !/\p{L}/u.test(el.innerText));
  return [...bad.map((el) => `severity is not told: ${named(el)}`), ...mute.map((el) => `a state without a word: ${named(el)}`)];
}

/** First buttons that look as any other. */
function unled() {
  return [...document.querySelectorAll(".btn.primary")].filter((el) => seen(el) && !el.disabled).flatMap((el) => {
    const before = shape(el);
    el.classList.remove("primary");
    const same = shape(el) === before;
    el.classList.add("primary");
    return same ? [`looks as the other buttons: ${named(el)}`] : [];
  });
}

/** All that is drawn of something and the first things in it, but its shadows. */
const shape = (el) => [el, ...el.querySelectorAll("*")].slice(0, 12)
  .flatMap((one) => PARTS.map((part) => drawnOf(getComputedStyle(one, part), part))).join("|");

function drawnOf(style, part) {
  if (part && style.content === "none") return "";
  const line = (side) => (style[`${side}Style`] === "none" || !parseFloat(style[`${side}Width`])
    ? "" : [style[`${side}Style`], style[`${side}Width`], style[`${side}Color`]].join());
  return [...["outline", "borderTop", "borderRight", "borderBottom", "borderLeft"].map(line), part && style.content,
    style.display, style.visibility, style.textDecorationLine, style.fontWeight, style.color, style.backgroundColor].join(" ");
}
