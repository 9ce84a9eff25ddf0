/** Light, dark, or as the system has it. Runs before the page is painted, so that nothing flashes. */
(() => {
  const KEY = "terraphim-theme";
  const root = document.documentElement;

  function stored() {
    try {
      return localStorage.getItem(KEY) ?? "auto";
    } catch {
      return "auto"; // a browser that keeps nothing
    }
  }

  function apply(theme) {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
    document.dispatchEvent(new Event("themechange"));
  }

  apply(stored());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(stored()));

  document.addEventListener("DOMContentLoaded", () => {
    const select = document.getElementById("theme");
    if (select === null) return;
    select.value = stored();
    select.addEventListener("change", () => {
      try {
        localStorage.setItem(KEY, select.value);
      } catch { /* then it holds for this visit */ }
      apply(select.value);
    });
  });
})();
