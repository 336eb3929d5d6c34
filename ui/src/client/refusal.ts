import type { ErrorBody } from "./wire.ts";

/** A question to the server that was answered with no. */
export class Refusal extends Error {
  readonly error: ErrorBody;

  constructor(error: ErrorBody) {
    super(error.message);
    this.error = error;
  }
}
