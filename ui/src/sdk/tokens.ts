/** Provides access tokens. */
export interface TokenSource {
  /** A valid token, refreshed if necessary. */
  token(): Promise<string>;
  /** Report a token that the server rejected, so that the next one is different. */
  invalidate(token: string): void;
}

/**
 * Why a client asks for a token: to connect; to replace one before it expires; because the last one has expired; or
 * because the server refused it.
 */
export type TokenReason = "connect" | "renew" | "expired" | "refused";

export interface TokenAsk {
  readonly reason: TokenReason;
  /** The token that has expired or was refused. */
  readonly last?: string;
  /** Aborted when the answer is not needed any more. */
  readonly signal: AbortSignal;
}

/** Answers with a token. An AwazRefused ends the connection; after any other error it is asked again later. */
export type GetToken = (ask: TokenAsk) => Promise<string>;

/** The tokens of a session that is kept in the browser. */
export function tokensOf(source: TokenSource): GetToken {
  return ({ reason, last }) => {
    if (last !== undefined && (reason === "expired" || reason === "refused")) source.invalidate(last);
    return source.token();
  };
}
