import type { ApiRequest } from "./api.ts";
import { AwazError, type Problem } from "./errors.ts";
import type { TokenSource } from "./tokens.ts";

export interface CallOptions {
  readonly token?: string;
  /** Ends the request. */
  readonly signal?: AbortSignal | undefined;
}

export type CallApi = <Answer>(request: ApiRequest<Answer>, options?: CallOptions) => Promise<Answer>;

const REQUEST_TIMEOUT_MS = 15_000;
/** A file takes its time on a slow line. */
const FILE_TIMEOUT_MS = 120_000;

/** Send a request to the HTTP API; throws AwazError. */
export async function callApi<Answer>(
  { method, url, body: sent }: ApiRequest<Answer>,
  { token, signal }: CallOptions = {},
): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (token !== undefined) headers["Authorization"] = `Bearer ${token}`;
  const isFile = sent instanceof Blob;
  if (sent) headers["Content-Type"] = isFile ? sent.type || "image/*" : "application/json";
  try {
    const response = await fetch(url, {
      method,
      headers,
      signal: withTimeout(signal, isFile ? FILE_TIMEOUT_MS : REQUEST_TIMEOUT_MS),
      ...(sent && { body: isFile ? sent : JSON.stringify(sent) }),
    });
    // The types and the daemon are made of the same declarations. A body that broke off is no answer.
    if (response.ok) return (await response.json()) as Answer;
    throw answerError(response.status, await response.json().catch(() => undefined));
  } catch (error) {
    throw error instanceof AwazError ? error : noAnswer();
  }
}

/** The error of an answer of the HTTP API, by its status and its JSON body; undefined for a body that is not JSON. */
export function answerError(status: number, body: unknown): AwazError {
  return new AwazError(errorOf(body) ?? unknownError(status), status);
}

/** The error of a request that was not answered. */
export function noAnswer(): AwazError {
  return new AwazError({ code: "network", message: "The server cannot be reached.", retryable: true });
}

/** A signal that also aborts after the timeout. Safari has `AbortSignal.any` since 17.4 only. */
function withTimeout(signal: AbortSignal | undefined, milliseconds: number): AbortSignal {
  const timeout = AbortSignal.timeout(milliseconds);
  if (!signal) return timeout;
  const either = new AbortController();
  for (const each of [signal, timeout]) each.addEventListener("abort", () => either.abort(each.reason), { once: true });
  if (signal.aborted) either.abort(signal.reason);
  return either.signal;
}

/** Send a request with a token; retries once with a new token if the server rejects the first. */
export async function callAuthenticated<Answer>(
  tokens: TokenSource,
  request: ApiRequest<Answer>,
  { call = callApi, signal }: { call?: CallApi; signal?: AbortSignal } = {},
): Promise<Answer> {
  const token = await tokens.token();
  try {
    return await call(request, { token, signal });
  } catch (error) {
    if (!isUnauthenticated(error)) throw error;
    tokens.invalidate(token);
    return call(request, { token: await tokens.token(), signal });
  }
}

export function isUnauthenticated(error: unknown): boolean {
  return error instanceof AwazError && error.status === 401;
}

function errorOf(body: unknown): Problem | undefined {
  const error = (body as { error?: Problem } | undefined)?.error;
  return typeof error?.message === "string" ? error : undefined;
}

function unknownError(status: number): Problem {
  return { code: "unexplained", message: `The server answered with status ${status}.`, retryable: status >= 500 };
}
