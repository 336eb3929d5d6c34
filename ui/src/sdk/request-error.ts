/** What went wrong: the server's error, or one of the same shape for a server that gave none. */
export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly retryable: boolean;
  /** Seconds after which trying again makes sense. */
  readonly retry_after?: number;
}

/** An error response from the server. */
export class RequestError extends Error {
  readonly error: Problem;

  constructor(error: Problem) {
    super(error.message);
    this.error = error;
  }
}
