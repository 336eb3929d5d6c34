import { keep, kept } from "../../app/kept.ts";

/** What keys do on a listeners' page. */
export type Shortcut = "toggle" | "mute" | "copy" | "help";

/** By the place of the key, so that they work on every keyboard's script. */
const BY_CODE: Readonly<Record<string, Shortcut>> = { KeyK: "toggle", KeyM: "mute", KeyS: "copy" };

const TYPED_INTO = "input, select, textarea, [contenteditable]";
const PRESSED = `a, button, summary, audio, video, [role], ${TYPED_INTO}`;

type Key = Pick<
  KeyboardEvent,
  "key" | "code" | "repeat" | "isComposing" | "altKey" | "ctrlKey" | "metaKey" | "shiftKey" | "defaultPrevented"
>;

/**
 * What a pressed key is to do; `target` is where it was pressed. Single letters can be switched off, since who speaks to
 * their computer types them by accident (WCAG 2.1.4).
 */
export function shortcutOf(event: Key, target: Element | undefined, lettersAreOn: boolean): Shortcut | undefined {
  const { key, code, repeat, isComposing, altKey, ctrlKey, metaKey, shiftKey, defaultPrevented } = event;
  if (defaultPrevented || repeat || isComposing || altKey || ctrlKey || metaKey) return undefined;
  if (key === " ") return shiftKey || target?.closest(PRESSED) ? undefined : "toggle";
  if (!lettersAreOn || target?.closest(TYPED_INTO)) return undefined;
  if (key === "?" || key === "؟") return "help";
  return shiftKey ? undefined : BY_CODE[code];
}

const KEY = "awaz.letters";

export function lettersAreOn(): boolean {
  return kept(KEY) !== "off";
}

export function setLetters(on: boolean): void {
  keep(KEY, on ? "on" : "off");
}
