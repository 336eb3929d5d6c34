import type { Components, Schema } from "./schema-text.ts";
import { nameOf } from "./schema-text.ts";

export interface AsyncApi {
  readonly info: { readonly description: string };
  readonly channels: { readonly socket: Channel };
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: { readonly schemas: Components };
}

interface Channel {
  readonly messages: Readonly<Record<string, Message>>;
  readonly "x-connect": Readonly<Record<"auth" | "refused", Schema>>;
  readonly description: string;
  readonly "x-advice": Readonly<Record<string, string>>;
  readonly "x-deliveries": Readonly<Record<string, string>>;
  readonly "x-audiences": Readonly<Record<string, string>>;
  readonly "x-logs": Readonly<Record<string, { events: number; seconds: number }>>;
  readonly "x-disconnects": readonly Disconnect[];
}

interface Message {
  readonly description: string;
  readonly payload: Schema;
  readonly examples: readonly { payload: unknown }[];
}

interface Operation {
  readonly action: "send" | "receive";
  /** The roles that may send a request, and its rate limit. */
  readonly description?: string;
  readonly messages: readonly { $ref: string }[];
  readonly "x-delivery"?: string;
  readonly "x-audience"?: readonly string[];
  readonly "x-log"?: string;
}

export interface Disconnect {
  readonly code: number;
  readonly reason: string;
  readonly advice: string;
  readonly description: string;
}

export interface Entry {
  readonly name: string;
  readonly description: string;
  /** The roles that may send a request, and its rate limit. */
  readonly use: string;
  /** The delivery, audience and log of an event. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly payload: Schema;
  readonly example: unknown;
  /** What a request is answered with. */
  readonly answer: Schema | undefined;
  readonly exampleAnswer: unknown;
}

/** The requests to the server, or the events from it, by name. */
export function entriesOf(document: AsyncApi, action: Operation["action"]): readonly Entry[] {
  const { messages } = document.channels.socket;
  return Object.values(document.operations)
    .filter((operation) => operation.action === action)
    .flatMap((operation) => {
      const name = operation.messages[0]?.$ref.split("/").at(-1) ?? "";
      const message = messages[name];
      if (!message) return [];
      return [
        {
          name,
          ...describe(message),
          use: operation.description ?? "",
          facts: factsOf(operation),
          answer: answerOf(document, name),
          exampleAnswer: messages[`${name}.ack`]?.examples[0]?.payload,
        },
      ];
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

function describe({ description, payload, examples }: Message) {
  return { description, payload, example: examples[0]?.payload };
}

function factsOf(operation: Operation): [string, string][] {
  const facts: [string, string | undefined][] = [
    ["Delivery", operation["x-delivery"]],
    ["Audience", operation["x-audience"]?.join(", ")],
    ["Log", operation["x-log"]],
  ];
  return facts.flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as [string, string]]));
}

/** The schema of the ack of a request that was carried out. */
function answerOf({ channels, components }: AsyncApi, request: string): Schema | undefined {
  const ack = channels.socket.messages[`${request}.ack`]?.payload;
  return ack && components.schemas[nameOf(ack) ?? ""]?.oneOf?.[0];
}
