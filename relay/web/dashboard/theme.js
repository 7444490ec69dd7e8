// Sets the chosen colours before anything is drawn; a classic script for that reason.
"use strict";
{
  let chosen = null;
  try {
    chosen = localStorage.getItem("relay-theme");
  } catch {
    // Storage may be switched off.
  }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
