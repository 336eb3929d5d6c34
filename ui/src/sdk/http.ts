import type { ApiRequest } from "./api.ts";
import { RequestError, type Problem } from "./request-error.ts";

/** Provides access tokens. */
export interface TokenSource {
  /** A valid token, refreshed if necessary. */
  token(): Promise<string>;
  /** Report a token that the server rejected, so that the next one is different. */
  invalidate(token: string): void;
}

/** A failed HTTP request. Without a response, `code` is "network" and `status` is 0. */
export class ApiError extends RequestError {
  readonly status: number;

  constructor(error: Problem, status: number) {
    super(error);
    this.status = status;
  }
}

export type CallApi = <Answer>(request: ApiRequest<Answer>, token?: string) => Promise<Answer>;

const REQUEST_TIMEOUT_MS = 15_000;

/** Send a request to the HTTP API; throws ApiError. */
export async function callApi<Answer>(
  { method, url, body: sent }: ApiRequest<Answer>,
  token?: string,
): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  if (sent) headers["Content-Type"] = "application/json";
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(url, {
      method,
      headers,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(sent && { body: JSON.stringify(sent) }),
    });
    body = await response.json().catch(() => undefined);
  } catch {
    throw new ApiError({ code: "network", message: "The server cannot be reached.", retryable: true }, 0);
  }
  // The types and the daemon are made of the same declarations.
  if (response.ok) return body as Answer;
  throw new ApiError(errorOf(body) ?? unknownError(response.status), response.status);
}

/** Send a request with a token; retries once with a new token if the server rejects the first. */
export async function callAuthenticated<Answer>(
  tokens: TokenSource,
  request: ApiRequest<Answer>,
  call: CallApi = callApi,
): Promise<Answer> {
  const token = await tokens.token();
  try {
    return await call(request, token);
  } catch (error) {
    if (!isUnauthenticated(error)) throw error;
    tokens.invalidate(token);
    return call(request, await tokens.token());
  }
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

function errorOf(body: unknown): Problem | undefined {
  const error = (body as { error?: Problem } | undefined)?.error;
  return typeof error?.message === "string" ? error : undefined;
}

function unknownError(status: number): Problem {
  return { code: "unexplained", message: `The server answered with status ${status}.`, retryable: status >= 500 };
}
