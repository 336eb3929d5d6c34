import { msg, str } from "@lit/localize";
import { AwazError, type Problem } from "../sdk/errors.ts";
import type { ErrorCode, StreamIncident } from "../wire/schema.ts";
import { isEnglish } from "./locale.ts";

/** An error message for the user. */
export function errorText(error: unknown): string {
  if (error instanceof AwazError) return problemText(error);
  reportError(error);
  return msg("Something went wrong. Please try again.");
}

/** An error in the page's language. The server's own sentence is English, and names what its code does not. */
export function problemText({ code, message }: Pick<Problem, "code" | "message">): string {
  const sentence = sentenceOf(code);
  if (sentence === undefined || isEnglish()) return toSentence(message);
  return NAMED.has(code) ? withEnglish(sentence, message) : sentence;
}

/** An incident of a station in the page's language. */
export function incidentText({ kind, message }: StreamIncident): string {
  const sentence = incidentOf(kind);
  return sentence === undefined ? toSentence(message) : withReason(sentence, message);
}

/** A sentence of ours with the server's reason, which is English; alone, where the page is in English, too. */
export function withReason(sentence: string, reason: string): string {
  return isEnglish() ? toSentence(reason) : withEnglish(sentence, reason);
}

/** Isolated, since the two run in different directions. */
function withEnglish(sentence: string, message: string): string {
  return msg(str`${sentence} (${`\u2068${toSentence(message)}\u2069`})`);
}

/** Capitalize and punctuate an error message from the server. */
export function toSentence(text: string): string {
  const sentence = /[.!?۔؟]$/.test(text) ? text : `${text}.`;
  return sentence.charAt(0).toUpperCase() + sentence.slice(1);
}

/** Codes whose messages name a field, a person or a reason. */
const NAMED: ReadonlySet<string> = new Set([
  "invalid_input",
  "forbidden",
  "banned",
  "timed_out",
  "not_found",
  "conflict",
  "not_ready",
  "no_space",
]);

function sentenceOf(code: string): string | undefined {
  const sentences: Record<ErrorCode | "network", () => string> = {
    invalid_input: () => msg("Something isn’t filled in correctly."),
    unauthenticated: () => msg("Please sign in again."),
    forbidden: () => msg("You don’t have permission to do that."),
    banned: () => msg("You are banned."),
    timed_out: () => msg("You can’t write in the chat for a while."),
    not_found: () => msg("That doesn’t exist."),
    conflict: () => msg("That isn’t possible right now."),
    too_large: () => msg("That is too large."),
    timeout: () => msg("The server took too long. Please try again."),
    too_fast: () => msg("Too many attempts. Try again in a moment."),
    busy: () => msg("The server is busy. Try again in a moment."),
    upstream: () => msg("Part of the server isn’t responding. Try again in a moment."),
    internal: () => msg("The server failed. Please try again."),
    not_ready: () => msg("The server is not ready."),
    no_space: () => msg("There is no more room for uploads."),
    unknown_event: () => msg("The server doesn’t know this request. Reload the page."),
    network: () => msg("The server cannot be reached."),
  };
  return (sentences as Partial<Record<string, () => string>>)[code]?.();
}

function incidentOf(kind: string): string | undefined {
  const sentences: Partial<Record<string, () => string>> = {
    second_encoder: () => msg("A second encoder was refused."),
    pipeline_frozen: () => msg("The station’s audio pipeline stopped responding and was restarted."),
    pipeline_trouble: () => msg("The station’s audio pipeline isn’t responding."),
    source_lost: () => msg("The source on air was gone for a while."),
    dead_air: () => msg("The source on air sent no sound."),
    locked_key: () => msg("An encoder was refused: its key doesn’t work for some minutes after it was disconnected."),
    wrong_key: () => msg("An encoder was refused: its key is wrong, revoked, or not for this station."),
  };
  return sentences[kind]?.();
}
