import { AwazError } from "./errors.ts";
import { noAnswer } from "./http.ts";
import { heardMessages, heardNow, lagSince, type Ear } from "./heard-chat.ts";
import { inOrder, merged, withText, type ChatState } from "./chat-state.ts";
import type { RoomTransport } from "./together.ts";
import type { BodyOf, DataOf, SendRequest, StationMessage } from "./messages.ts";
import type { Readable } from "./store.ts";
import type {
  ChatMessageView,
  ChatMessages,
  HeldAnswer,
  ReactionKind,
  ReportView,
  ReportsAnswer,
  SendAnswer,
} from "../wire/schema.ts";

/** What the message itself is the reason for, or who writes it, or when: to send it again as it is does not help. */
const OWN_CODES: ReadonlySet<string> = new Set([
  "invalid_input",
  "forbidden",
  "banned",
  "timed_out",
  "not_found",
  "conflict",
  "too_fast",
  "too_large",
]);

/** A chat with fewer messages at first has no earlier ones. */
const FEW = 10;

/** A message that is not shown to everybody yet. */
export interface Outgoing {
  readonly client_id: string;
  readonly text: string;
  readonly reply_to: string | undefined;
  readonly isAnnouncement: boolean;
  /** When what its author heard was on the mount, by the server's time; undefined if nothing played. */
  readonly heardAt: number | undefined;
  /** The message's id, once the server has told it. */
  readonly id?: string | undefined;
  /** "waiting" for a connection, "held" for a moderator, or "failed": it can be sent again. */
  readonly status: "sending" | "waiting" | "held" | "failed";
  readonly problem?: AwazError;
}

/** What a chat needs of its client. */
export interface ChatTransport extends RoomTransport, Ear {
  isConnected(): boolean;
  /** Messages before one of them, the newest first. */
  before(id: string): Promise<ChatMessages>;
  /** The messages that wait for a moderator, the oldest first. */
  held(): Promise<HeldAnswer>;
  /** The messages that listeners have reported, the most reported first. */
  reports(): Promise<ReportsAnswer>;
}

/** The chat of a station, which is joined while somebody listens to it. */
export class Chat implements Readable<ChatState | undefined> {
  readonly #slug: string;
  readonly #transport: ChatTransport;
  readonly #keep: (end: () => void) => () => void;
  readonly #changes = new Set<() => void>();
  #state: ChatState | undefined;
  /** The state without the messages about what is not heard here yet. */
  #heard: ChatState | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  /** The client ids of what was written here. */
  readonly #own = new Set<string>();
  #outgoing: readonly Outgoing[] = [];
  /** Messages before those of the state. */
  #earlier: readonly ChatMessageView[] = [];
  #hasEarlier = true;
  /** What waits for a moderator; undefined until it was asked for. */
  #held: readonly ChatMessageView[] | undefined;
  #reports: readonly ReportView[] = [];

  /** `keep` has the station joined until the function that it returns is called, which calls `end`. */
  constructor(slug: string, transport: ChatTransport, keep: (end: () => void) => () => void) {
    this.#slug = slug;
    this.#transport = transport;
    this.#keep = keep;
  }

  /** The live state, undefined until it is known; each change is a new object. */
  get state(): ChatState | undefined {
    return this.#heard;
  }

  /** The messages that are known, the oldest of them first. */
  get messages(): readonly ChatMessageView[] {
    return this.#earlier.length ? merged(this.#earlier, this.#heard?.messages ?? []) : (this.#heard?.messages ?? []);
  }

  /** Whether there may be messages before those. */
  get hasEarlier(): boolean {
    return this.#hasEarlier && this.messages.length > 0;
  }

  /** What was written here and is not in `messages` yet, in order. */
  get outgoing(): readonly Outgoing[] {
    return this.#outgoing;
  }

  /** For moderators, once `loadHeld` was called: the messages that wait for them. */
  get held(): readonly ChatMessageView[] {
    return this.#held ?? [];
  }

  /** For moderators, once `loadHeld` was called: the messages that were reported. */
  get reports(): readonly ReportView[] {
    return this.#reports;
  }

  /** Call `listener` after each change; returns a function that ends that. */
  subscribe(listener: () => void): () => void {
    this.#changes.add(listener);
    return this.#keep(() => this.#changes.delete(listener));
  }

  /**
   * Write a message. It is in `outgoing` at once, and in `messages` when the server shows it to everybody. What is lost
   * on the way is sent again; returns undefined then. Throws AwazError if the server refuses it for good.
   */
  send(text: string, replyTo?: string, isAnnouncement = false): Promise<SendAnswer | undefined> {
    const about = { reply_to: replyTo, isAnnouncement, heardAt: heardNow(this.#transport) };
    const line: Outgoing = { client_id: uuid(), text, ...about, status: "sending" };
    this.#own.add(line.client_id);
    this.#setOutgoing([...this.#outgoing, line]);
    return this.#transmit(line);
  }

  /** Send a message again that failed. */
  async retry(clientId: string): Promise<void> {
    const line = this.#outgoing.find(({ client_id }) => client_id === clientId);
    if (line) await this.#transmit(this.#mark(line, "sending"), true);
  }

  /** Drop a message that was not sent, or that nobody else sees yet. */
  async discard(clientId: string): Promise<void> {
    const line = this.#outgoing.find(({ client_id }) => client_id === clientId);
    try {
      if (line?.id !== undefined) await this.delete(line.id);
    } catch (error) {
      // A moderator may have denied it: then it is gone already.
      if (!(error instanceof AwazError) || error.code !== "not_found") throw error;
    }
    this.#drop(clientId);
  }

  /** Drop what was written and is not shown: its author is somebody else now. */
  forget(): void {
    this.#setOutgoing([]);
  }

  async edit(id: string, text: string): Promise<void> {
    await this.#ask("chat:edit", { station: this.#slug, id, text });
  }

  async delete(id: string): Promise<void> {
    await this.#ask("chat:delete", { station: this.#slug, id });
  }

  /** Act as a moderator; returns the token that takes it back. */
  async moderate(action: Omit<BodyOf<"chat:moderate">, "station">): Promise<string | undefined> {
    return (await this.#ask("chat:moderate", { station: this.#slug, ...action })).undo;
  }

  /** Take back what a moderator did, by the token that `moderate` returned. */
  async undo(undo: string): Promise<void> {
    await this.moderate({ action: "undo", undo });
    if (this.#held) await this.loadHeld();
  }

  async setMode(mode: Omit<BodyOf<"chat:mode">, "station">): Promise<void> {
    await this.#ask("chat:mode", { station: this.#slug, ...mode });
  }

  /** React to what is heard. */
  async react(kind: ReactionKind): Promise<void> {
    await this.#ask("interaction:react", { station: this.#slug, kind });
  }

  /** Have more of the past in `messages`. */
  async loadEarlier(): Promise<void> {
    const oldest = this.messages[0];
    if (!oldest) return;
    const { items, next } = await this.#transport.before(oldest.id);
    this.#earlier = merged(items, this.#earlier);
    this.#hasEarlier = next !== undefined;
    this.#notify();
  }

  /** Report a message to the staff. */
  async report(message: string, reason = ""): Promise<void> {
    await this.#ask("chat:report", { station: this.#slug, message, reason });
  }

  /** Have `held` and `reports` from now on. */
  async loadHeld(): Promise<void> {
    const [{ messages }, { reports }] = await Promise.all([this.#transport.held(), this.#transport.reports()]);
    this.#reports = reports;
    this.#held = messages;
    this.#notify();
  }

  /** Leave a reported message as it is; returns the token that takes that back. */
  async dismiss(message: string): Promise<string | undefined> {
    const undo = await this.moderate({ action: "dismiss", message });
    this.#reports = this.#reports.filter((report) => report.message.id !== message);
    this.#notify();
    return undo;
  }

  /** Take an event: what is held, and what has changed of messages that are not in the state. */
  take({ event, data }: StationMessage): void {
    if (event === "chat:edited") this.#earlier = withText(this.#earlier, data.id, data.text);
    else if (event === "chat:deleted") this.#remove(data.ids);
    else if (event === "chat:report") this.#addReport(data);
    else if (event === "chat:held") this.#held &&= merged(this.#held, [data.message]);
    else if (event === "chat:settled") this.#held &&= this.#held.filter(({ id }) => !data.ids.includes(id));
    else return;
    this.#notify();
  }

  /** Take a new state, undefined after the station was left; a snapshot does not go on from the state before. */
  update(state: ChatState | undefined, isSnapshot = false): void {
    const oldest = state?.messages[0];
    if (isSnapshot) {
      // Between them and the snapshot, messages may be missing.
      this.#earlier = [];
      // Fewer are told only where there are no more, or where many of the newest were deleted.
      this.#hasEarlier = (state?.messages.length ?? 0) >= FEW;
    } else if (this.#earlier.length) {
      // Messages that have moved out of the state by their age are still shown; deleted ones are not.
      this.#earlier = merged(
        this.#earlier,
        this.#state?.messages.filter((message) => oldest && inOrder(message, oldest) < 0) ?? [],
      );
    }
    this.#state = state;
    const shown = new Set(state?.messages.map(({ client_id }) => client_id));
    this.#outgoing = this.#outgoing.filter(({ client_id }) => !shown.has(client_id));
    this.#show();
  }

  /** Tell of the state as it is heard here, and again when the ear has caught up. */
  readonly #show = (): void => {
    clearTimeout(this.#waiting);
    const seen = new Set(this.#heard?.messages.map(({ id }) => id));
    const isShown = ({ id, client_id }: ChatMessageView) => seen.has(id) || this.#own.has(client_id);
    const { messages, nextMs } = heardMessages(this.#state?.messages ?? [], this.#transport, isShown);
    this.#heard = this.#state && { ...this.#state, messages };
    if (nextMs !== undefined) this.#waiting = setTimeout(this.#show, nextMs);
    this.#notify();
  };

  /** The station was joined: what waited for that is sent. */
  joined(): void {
    // What waited meanwhile was told once. The next time that it cannot be asked for, what is known is shown.
    if (this.#held) this.loadHeld().catch(() => undefined);
    for (const line of this.#outgoing) {
      if (line.status === "waiting") void this.#transmit(this.#mark(line, "sending"), true);
    }
  }

  /** Send a request; throws AwazError, also where nothing is answered. */
  readonly #ask: SendRequest = async (event, body) => {
    try {
      return await this.#transport.request(event, body);
    } catch (error) {
      throw error instanceof AwazError ? error : noAnswer();
    }
  };

  /** A line that is sent again stays in the list whatever the answer: its author has left the composer. */
  async #transmit(line: Outgoing, again = false): Promise<SendAnswer | undefined> {
    const { client_id, reply_to } = line;
    if (!this.#transport.isConnected()) {
      this.#mark(line, "waiting");
      return undefined;
    }
    const text = line.isAnnouncement ? `/announce ${line.text}` : line.text;
    try {
      const about = { ...(reply_to !== undefined && { reply_to }), ...lagSince(this.#transport, line.heardAt) };
      const body = { station: this.#slug, client_id, text, ...about };
      const answer = await this.#transport.request("chat:send", body);
      if (answer.held) this.#mark({ ...line, id: answer.id }, "held");
      // A command is no message; and what is before the messages of the state, or was deleted, does not come any more.
      else if (answer.reply !== undefined || this.#isPast(answer)) this.#drop(client_id);
      return answer;
    } catch (error) {
      if (!(error instanceof AwazError)) {
        this.#mark(line, "waiting");
        return undefined;
      }
      if (again || !OWN_CODES.has(error.code)) {
        this.#mark(line, "failed", error);
        return undefined;
      }
      this.#drop(client_id);
      throw error;
    }
  }

  #isPast({ seq, at }: SendAnswer): boolean {
    const newest = this.#state?.messages.at(-1);
    return (this.#state && seq !== undefined && seq <= this.#state.seq) || (newest !== undefined && at < newest.at);
  }

  #remove(ids: readonly string[]): void {
    this.#earlier = this.#earlier.filter(({ id }) => !ids.includes(id));
    this.#reports = this.#reports.filter(({ message }) => !ids.includes(message.id));
  }

  #mark(line: Outgoing, status: Outgoing["status"], problem?: AwazError): Outgoing {
    const { client_id, text, reply_to, isAnnouncement, heardAt, id } = line;
    const marked: Outgoing = {
      ...{ client_id, text, reply_to, isAnnouncement, heardAt, id, status },
      ...(problem && { problem }),
    };
    this.#setOutgoing(this.#outgoing.map((each) => (each.client_id === client_id ? marked : each)));
    return marked;
  }

  #drop(clientId: string): void {
    this.#setOutgoing(this.#outgoing.filter(({ client_id }) => client_id !== clientId));
  }

  #setOutgoing(outgoing: readonly Outgoing[]): void {
    this.#outgoing = outgoing;
    this.#notify();
  }

  #addReport({ message, reason }: DataOf<"chat:report">): void {
    const before = this.#reports.find((report) => report.message.id === message.id);
    const reasons = [...(before?.reasons ?? []), ...(reason ? [reason] : [])];
    const others = this.#reports.filter((report) => report !== before);
    this.#reports = [{ message, reasons, count: (before?.count ?? 0) + 1 }, ...others];
  }

  #notify(): void {
    this.#changes.forEach((listener) => listener());
  }
}

/** `crypto.randomUUID` is there on secure pages only, and radio stations run without TLS, too. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
