// The theme a person chose, set before the first paint; the system's where nobody chose.
// A classic script in <head> on purpose: a module would run after the page has flashed.
(() => {
  const root = document.documentElement;
  const order = ["auto", "dark", "light"];

  const chosen = () => {
    try {
      const theme = localStorage.getItem("theme");
      return order.includes(theme) ? theme : "auto";
    } catch {
      return "auto"; // storage is blocked: the system decides
    }
  };

  const show = (theme) => {
    root.dataset.theme = theme;
    for (const choice of document.querySelectorAll("[data-theme-set]")) {
      choice.setAttribute("aria-pressed", String(choice.dataset.themeSet === theme));
    }
  };

  const choose = (theme) => {
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // it holds for this page
    }
    show(theme);
  };

  const next = () => {
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    const now = root.dataset.theme === "auto" ? (dark ? "dark" : "light") : root.dataset.theme;
    choose(now === "dark" ? "light" : "dark");
  };

  const typing = (target) => target.closest?.("input, textarea, select, [contenteditable], dialog");

  show(chosen());
  document.addEventListener("DOMContentLoaded", () => show(root.dataset.theme));
  document.addEventListener("click", (event) => {
    const set = event.target.closest?.("[data-theme-set]");
    if (set) choose(set.dataset.themeSet);
    else if (event.target.closest?.("[data-theme-next]")) next();
  });
  document.addEventListener("keydown", (event) => {
    const modified = event.ctrlKey || event.metaKey || event.altKey;
    if (event.key === "t" && !modified && !typing(event.target)) next();
  });
  addEventListener("storage", (event) => {
    if (event.key === "theme") show(chosen());
  });
})();
