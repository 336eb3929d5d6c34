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

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly body?: object;
  readonly token?: string;
}

export type CallApi = <T>(path: string, request?: Request) => Promise<T>;

const REQUEST_TIMEOUT_MS = 15_000;

/** Call the HTTP API; `path` is relative to /api/v1/. */
export async function callApi<T>(path: string, request: Request = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (request.token) headers["Authorization"] = `Bearer ${request.token}`;
  if (request.body) headers["Content-Type"] = "application/json";
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(`/api/v1/${path}`, {
      method: request.method ?? "GET",
      headers,
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
      ...(request.body && { body: JSON.stringify(request.body) }),
    });
    body = await response.json().catch(() => undefined);
  } catch {
    throw new ApiError({ code: "network", message: "The server cannot be reached.", retryable: true }, 0);
  }
  if (response.ok) return body as T;
  throw new ApiError(errorOf(body) ?? unknownError(response.status), response.status);
}

/** Call the HTTP API with a token; retries once with a new token if the server rejects the first. */
export async function callAuthenticated<T>(
  tokens: TokenSource,
  path: string,
  request: Request = {},
  call: CallApi = callApi,
): Promise<T> {
  const token = await tokens.token();
  try {
    return await call<T>(path, { ...request, token });
  } catch (error) {
    if (!isUnauthenticated(error)) throw error;
    tokens.invalidate(token);
    return call<T>(path, { ...request, token: await tokens.token() });
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
