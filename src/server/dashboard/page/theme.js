/** The theme: light, dark, or the system's. Runs before the first paint, so that nothing flashes. */
(() => {
  const KEY = "terraphim-theme";
  const root = document.documentElement;

  function stored() {
    try {
      return localStorage.getItem(KEY) ?? "auto";
    } catch {
      return "auto"; // a browser without storage
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
      } catch { /* it applies to this visit only */ }
      apply(select.value);
    });
  });
})();
