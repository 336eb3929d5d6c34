import type { BanNotice } from "../wire/schema.ts";

/** What went wrong: the server's error, or one of the same shape for a server that gave none. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  /** Seconds after which trying again makes sense. */
  readonly retry_after?: number;
  readonly ban?: BanNotice | undefined;
}

/** The error of everything that fails here. Its `code` is the server's, or "network" where there was no answer. */
export class AwazError extends Error {
  readonly code: string;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** Seconds after which trying again makes sense; 0 if the server did not say. */
  readonly retryAfter: number;
  /** With "banned": why, and until when. */
  readonly ban: BanNotice | undefined;
  /** The status of the HTTP answer; 0 if there was none. */
  readonly status: number;

  constructor({ code, message, retryable, retry_after = 0, ban }: Problem, status = 0) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.retryable = retryable;
    this.retryAfter = retry_after;
    this.ban = ban;
    this.status = status;
  }
}

/** Thrown by a source of tokens that has none for this user: the client does not ask again. */
export class AwazRefused extends AwazError {}
