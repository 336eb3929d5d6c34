import type { ErrorBody } from "./wire.ts";

/** An error response from the server. */
export class RequestError extends Error {
  readonly error: ErrorBody;

  constructor(error: ErrorBody) {
    super(error.message);
    this.error = error;
  }
}
