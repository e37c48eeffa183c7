// WebKitGTK calls its language "C" when LANG is unset or C, and Intl throws on that while libraries load: the window
// would stay blank. This runs before every module.
(function () {
  try {
    Intl.NumberFormat(navigator.language);
  } catch {
    Object.defineProperty(navigator, "language", { value: "en-US" });
    Object.defineProperty(navigator, "languages", { value: ["en-US"] });
  }
  // The stored theme before the first paint, so that a dark window does not flash white.
  try {
    var theme = JSON.parse(localStorage.getItem("callboard.preferences") || "{}").theme;
    if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  } catch {
    // No storage: the system's theme is right.
  }
})();
