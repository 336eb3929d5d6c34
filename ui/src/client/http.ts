import type { ErrorBody } from "./wire.ts";

/** An answer that says no, or none at all (`code` is then "network"). The message is fit to be shown. */
export class ApiError extends Error {
  readonly code: string;
  readonly retryable: boolean;
  readonly status: number;

  constructor(body: ErrorBody, status: number) {
    super(body.message);
    this.code = body.code;
    this.retryable = body.retryable;
    this.status = status;
  }
}

export interface Request {
  method?: "GET" | "POST";
  body?: object;
  token?: string;
}

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

function errorOf(body: unknown): ErrorBody | undefined {
  const error = (body as { error?: ErrorBody } | undefined)?.error;
  return typeof error?.message === "string" ? error : undefined;
}

function unexplained(status: number): ErrorBody {
  return { code: "unexplained", message: `The server answered with status ${status}.`, retryable: status >= 500 };
}
