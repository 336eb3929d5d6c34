import type { paths } from "../wire/schema.ts";

type Method = "get" | "post" | "put" | "patch" | "delete";
type Json<T> = { content: { "application/json": T } };

/** A route of the HTTP API, such as `GET /api/v1/me`. */
export type Route = {
  [Path in keyof paths]: {
    [M in Method]: paths[Path][M] extends { responses: unknown } ? `${Uppercase<M>} ${Path}` : never;
  }[Method];
}[keyof paths];

type Operation<R extends Route> = R extends `${infer M} ${infer Path extends keyof paths}`
  ? Lowercase<M> extends infer Name extends Method
    ? paths[Path][Name]
    : never
  : never;

/** What a route answers with. */
export type AnswerOf<R extends Route> =
  Operation<R> extends { responses: { 200: Json<infer Answer> } } ? Answer : undefined;

type PathOf<O> = O extends { parameters: { path: infer Path extends object } } ? { path: Path } : unknown;
type QueryOf<O> = O extends { parameters: { query?: infer Query extends object } } ? { query?: Query } : unknown;
type BodyOf<O> = O extends { requestBody: Json<infer Body> }
  ? { body: Body }
  : O extends { requestBody?: Json<infer Body> }
    ? { body?: Body }
    : O extends { requestBody: { content: { "image/*": unknown } } }
      ? { body: Blob }
      : unknown;
type InputOf<R extends Route> = PathOf<Operation<R>> & QueryOf<Operation<R>> & BodyOf<Operation<R>>;

interface Input {
  readonly path?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: object;
}

/** A request of the HTTP API, and the type of its answer. */
export interface ApiRequest<Answer> {
  readonly method: string;
  readonly url: string;
  readonly body?: object;
  /** Never there: it carries the type. */
  readonly answer?: Answer;
}

/** A request to a route, with what the reference says that the route takes. */
export function to<R extends Route>(route: R, input: InputOf<R>): ApiRequest<AnswerOf<R>> {
  const [method = "", template = ""] = route.split(" ");
  const { path = {}, query = {}, body } = input as Input;
  const url = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(path[name] ?? ""));
  const given = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]]));
  const search = given.length ? `?${new URLSearchParams(given)}` : "";
  return { method, url: url + search, ...(body && { body }) };
}
