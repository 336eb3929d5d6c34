export { AwazClient, type AwazOptions } from "./client.ts";
export { AwazError } from "./errors.ts";
export { GuestSession } from "./session.ts";
export { tokensOf, type GetToken } from "./tokens.ts";
