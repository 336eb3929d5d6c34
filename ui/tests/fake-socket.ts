import type { BareSocket } from "../src/client/socket.ts";

/** A socket whose server is the test. */
export class FakeSocket {
  connected = false;
  handshakes: string[] = [];
  asked: { event: string; body: object }[] = [];
  /** What everything that is asked is answered with. */
  answer: object = { ok: true };
  #on = new Map<string, (...given: unknown[]) => void>();
  #any: (event: string, data: unknown) => void = () => undefined;
  readonly #token: () => string;

  constructor(token: () => string) {
    this.#token = token;
  }

  get bare(): BareSocket {
    return this as unknown as BareSocket;
  }

  on(event: string, listener: (...given: unknown[]) => void): void {
    this.#on.set(event, listener);
  }

  onAny(listener: (event: string, data: unknown) => void): void {
    this.#any = listener;
  }

  connect(): void {
    this.handshakes.push(this.#token());
  }

  disconnect(): void {
    this.connected = false;
    this.#on.get("disconnect")?.();
  }

  timeout() {
    return { emitWithAck: (event: string, body: object) => this.#ask(event, body) };
  }

  letIn(): void {
    this.connected = true;
    this.#on.get("connect")?.();
  }

  refuse(data: object): void {
    this.#on.get("connect_error")?.(Object.assign(new Error("refused"), { data }));
  }

  say(event: string, data: object): void {
    this.#any(event, data);
  }

  async #ask(event: string, body: object): Promise<object> {
    this.asked.push({ event, body });
    return this.answer;
  }
}
