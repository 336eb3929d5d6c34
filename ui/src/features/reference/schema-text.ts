/** The part of a JSON schema that the reference shows. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly maxLength?: number;
}

export type Components = Readonly<Record<string, Schema>>;

export interface Field {
  readonly name: string;
  readonly type: string;
  /** The component that the type names, if the page has a part about it. */
  readonly component: string | undefined;
  readonly optional: boolean;
  readonly description: string;
}

/** The name of the component that a schema refers to. */
export function nameOf(schema: Schema): string | undefined {
  return schema.$ref?.split("/").at(-1);
}

/** The fields of an object, including those of the parts that it is put together from. */
export function fieldsOf(schema: Schema, components: Components): readonly Field[] {
  const name = nameOf(schema);
  const own = name === undefined ? schema : (components[name] ?? {});
  const inherited = (own.allOf ?? []).flatMap((part) => fieldsOf(part, components));
  const fields = Object.entries(own.properties ?? {}).map(([field, of]) => ({
    name: field,
    type: typeText(of, components),
    component: componentOf(of, components),
    optional: !own.required?.includes(field),
    description: of.description ?? components[nameOf(of) ?? ""]?.description ?? "",
  }));
  return [...inherited, ...fields];
}

/** A type in a few words, such as "list of PlayView" or "whole number, at least 0". */
export function typeText(schema: Schema, components: Components): string {
  const name = nameOf(schema);
  if (name !== undefined) return choicesOf(components[name]) ?? name;
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map((choice) => typeText(choice, components)).join(" or ");
  if (schema.type === "array") return `list of ${typeText(schema.items ?? {}, components)}`;
  if (typeof schema.additionalProperties === "object") {
    return `${typeText(schema.additionalProperties, components)} by name`;
  }
  return choicesOf(schema) ?? [plainType(schema.type), ...bounds(schema)].join(", ");
}

/** The component that a schema is, or has a list of, if that has a description of its own. */
function componentOf(schema: Schema, components: Components): string | undefined {
  const name = nameOf(schema) ?? nameOf(schema.items ?? {});
  const component = components[name ?? ""];
  return component?.properties || component?.allOf || component?.oneOf || component?.enum ? name : undefined;
}

function choicesOf(schema: Schema | undefined): string | undefined {
  if (schema && "const" in schema) return JSON.stringify(schema.const);
  return schema?.enum?.map((value) => JSON.stringify(value)).join(", ");
}

function plainType(type: string | undefined): string {
  const names: Record<string, string> = { string: "text", integer: "whole number", boolean: "true or false" };
  return names[type ?? ""] ?? type ?? "any value";
}

function bounds({ minimum, maximum, maxLength }: Schema): string[] {
  return [
    ...(minimum === undefined ? [] : [`at least ${minimum}`]),
    ...(maximum === undefined ? [] : [`at most ${maximum}`]),
    ...(maxLength === undefined ? [] : [`up to ${maxLength} characters`]),
  ];
}
