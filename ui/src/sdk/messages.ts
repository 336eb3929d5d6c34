import { LOGS, type ClientEvents, type ServerEvents } from "../wire/events.ts";
import type { Envelope, Refusal } from "../wire/schema.ts";

export type ServerEvent = keyof ServerEvents;
export type ClientEvent = keyof ClientEvents;

/** What an event carries. */
export type DataOf<Name extends ServerEvent> = Parameters<ServerEvents[Name]>[0];

/** What a request carries. */
export type BodyOf<Name extends ClientEvent> = Parameters<ClientEvents[Name]>[0];

type AckOf<Name extends ClientEvent> = Parameters<Parameters<ClientEvents[Name]>[1]>[0];

/** What the acknowledgement of a request that was carried out carries. */
export type AnswerOf<Name extends ClientEvent> = Exclude<AckOf<Name>, Refusal>;

/** Sends a request. Rejects with an AwazError if the server refuses it, and with another Error on a timeout. */
export type SendRequest = <Name extends ClientEvent>(event: Name, body: BodyOf<Name>) => Promise<AnswerOf<Name>>;

export type StationEvent = keyof typeof LOGS;

/** An event of a station that this client knows. */
export type StationMessage = { [Name in StationEvent]: { event: Name; data: DataOf<Name> } }[StationEvent];

/** Any event of a station, including ones that this client does not know; each advances the sequence number. */
export interface AnyMessage {
  event: string;
  data: Envelope;
}

export function isRefusal(ack: { ok: boolean }): ack is Refusal {
  return !ack.ok;
}

export function isEnvelope(data: unknown): data is Envelope {
  const { station, seq } = (data ?? {}) as Partial<Envelope>;
  return typeof station === "string" && typeof seq === "number";
}

/** Whether an event is one of the chat's log; `epoch` is that log's, by which events are known that are newer than this client. */
export function isOfChat({ event, data }: AnyMessage, epoch: string | undefined): boolean {
  return event in LOGS ? LOGS[event as StationEvent] === "chat" : data.epoch === epoch;
}

export function isKnown(message: AnyMessage): message is StationMessage {
  return message.event in LOGS;
}
