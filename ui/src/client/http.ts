import { Refusal } from "./refusal.ts";
import type { TokenSource } from "./session.ts";
import type { ErrorBody } from "./wire.ts";

/** An answer that says no, or none at all (`code` is then "network", `status` 0). */
export class ApiError extends Refusal {
  readonly status: number;

  constructor(error: ErrorBody, status: number) {
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

const TIMEOUT_MS = 15_000;

/** Call the HTTP API; `path` is what follows /api/v1/. */
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
      signal: AbortSignal.timeout(TIMEOUT_MS),
      ...(request.body && { body: JSON.stringify(request.body) }),
    });
    body = await response.json().catch(() => undefined);
  } catch {
    throw new ApiError({ code: "network", message: "The server cannot be reached.", retryable: true }, 0);
  }
  if (response.ok) return body as T;
  throw new ApiError(errorOf(body) ?? unexplained(response.status), response.status);
}

/** Call as somebody. A token that ran out or was called back on the way is renewed, once. */
export async function callAs<T>(
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
    tokens.refused(token);
    return call<T>(path, { ...request, token: await tokens.token() });
  }
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401;
}

function errorOf(body: unknown): ErrorBody | undefined {
  const error = (body as { error?: ErrorBody } | undefined)?.error;
  return typeof error?.message === "string" ? error : undefined;
}

function unexplained(status: number): ErrorBody {
  return { code: "unexplained", message: `The server answered with status ${status}.`, retryable: status >= 500 };
}
