import { keep, kept } from "./kept.ts";

const KEY = "awaz.theme";

const changes = new EventTarget();

export const themes = ["system", "light", "dark"] as const;

export type Theme = (typeof themes)[number];

export function currentTheme(): Theme {
  return themes.find((theme) => theme === document.documentElement.dataset["theme"]) ?? "system";
}

/** Call a listener with whether the page is dark, now and whenever that changes. */
export function followTheme(listener: (isDark: boolean) => void): void {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const tell = () => {
    const theme = currentTheme();
    listener(theme === "system" ? system.matches : theme === "dark");
  };
  system.addEventListener("change", tell);
  changes.addEventListener("change", tell);
  tell();
}

/** Use the theme that was chosen here, else the system's. */
export function startTheme(): void {
  use(kept(KEY) ?? "system");
}

/** Switch the page to a theme, and remember it. */
export function chooseTheme(theme: string): void {
  use(theme);
  keep(KEY, currentTheme());
}

function use(theme: string): void {
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") root.dataset["theme"] = theme;
  else delete root.dataset["theme"];
  const chosen = currentTheme();
  // The bar of a phone's browser has the colour of the page.
  document.querySelectorAll<HTMLMetaElement>("meta[name=theme-color]").forEach((meta) => {
    const own = (meta.dataset["scheme"] ??= meta.media.includes("dark") ? "dark" : "light");
    meta.media = chosen === "system" ? `(prefers-color-scheme: ${own})` : own === chosen ? "all" : "not all";
  });
  changes.dispatchEvent(new Event("change"));
}
