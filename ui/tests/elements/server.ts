import { vi } from "vitest";

interface Answer {
  readonly status?: number;
  readonly body: object;
  /** The answer is given once it resolves. */
  readonly after?: Promise<unknown>;
}

/** A signed-in user's tokens. */
export const tokens = { token: () => Promise.resolve("token"), invalidate: () => undefined };

/** The body of a refusal. */
export const refused = (message: string) => ({ error: { code: "invalid_input", message, retryable: false } });

/** Answers requests by `METHOD path`, and records them with their bodies. Other requests are not found. */
export function answering(answers: Readonly<Record<string, Answer>>) {
  const requests: string[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const sent = typeof init?.body === "string" ? ` ${init.body}` : "";
    const route = `${init?.method ?? "GET"} ${input as string}`;
    requests.push(route + sent);
    const { body, status = 200, after } = answers[route] ?? { body: refused(`nothing answers ${route}`), status: 404 };
    await after;
    return Response.json(body, { status });
  });
  return requests;
}
