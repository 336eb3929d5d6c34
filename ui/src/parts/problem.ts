import { Refusal } from "../client/refusal.ts";

/** What went wrong, as a sentence for whoever did it. */
export function problemOf(error: unknown): string {
  if (error instanceof Refusal) return sentence(error.message);
  reportError(error);
  return "Something went wrong here. Please try again.";
}

/** The server's messages are parts of sentences. */
export function sentence(text: string): string {
  const whole = /[.!?]$/.test(text) ? text : `${text}.`;
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}
