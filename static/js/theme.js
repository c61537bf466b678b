// The theme a person chose, set before the first paint; the system's where nobody chose.
// A classic script in <head> on purpose: a module would run after the page has flashed.
(() => {
  const root = document.documentElement;
  const themes = ["auto", "dark", "light"];

  const chosen = () => {
    try {
      const theme = localStorage.getItem("theme");
      return themes.includes(theme) ? theme : "auto";
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

  show(chosen());
  document.addEventListener("DOMContentLoaded", () => show(root.dataset.theme));
  document.addEventListener("click", (event) => {
    const set = event.target.closest?.("[data-theme-set]");
    if (set) choose(set.dataset.themeSet);
    else if (event.target.closest?.("[data-theme-next]")) next();
  });
  addEventListener("storage", (event) => {
    if (event.key === "theme") show(chosen());
  });
})();
