import { RequestError } from "../client/request-error.ts";

/** An error message for the user. */
export function errorText(error: unknown): string {
  if (error instanceof RequestError) return toSentence(error.message);
  reportError(error);
  return "Something went wrong. Please try again.";
}

/** Capitalize and punctuate an error message from the server. */
export function toSentence(text: string): string {
  const sentence = /[.!?]$/.test(text) ? text : `${text}.`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}
