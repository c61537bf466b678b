// Initials on a tint, the way the server draws them in `_parts.html`.

const TINTS = 6;
const bytes = new TextEncoder();

export function avatarOf(handle, name) {
  const avatar = circle(`avatar a${tint(handle)}`);
  avatar.textContent = initials(name || handle);
  return avatar;
}

export function initials(name) {
  const words = name.trim().split(/\s+/).map((word) => [...word]);
  const letters = words.length > 1 ? [words[0][0], words.at(-1)[0]] : words[0].slice(0, 2);
  return letters.join("").toUpperCase();
}

export function tint(handle) {
  return (bytes.encode(handle).reduce((sum, byte) => sum + byte, 0) % TINTS) + 1;
}

function circle(classes) {
  const element = document.createElement("span");
  element.className = classes;
  element.setAttribute("aria-hidden", "true");
  return element;
}
