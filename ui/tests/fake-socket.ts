import type { SocketLike } from "../src/sdk/socket.ts";

/** A socket that is controlled by the test instead of a server. */
export class FakeSocket {
  connected = false;
  /** The token of each handshake. */
  handshakes: string[] = [];
  requests: { event: string; body: object }[] = [];
  /** The acknowledgement of every request. */
  ack: object = { ok: true };
  #listeners = new Map<string, (...args: unknown[]) => void>();
  #anyListener: (event: string, data: unknown) => void = () => undefined;
  readonly #token: () => string;

  constructor(token: () => string) {
    this.#token = token;
  }

  get asSocket(): SocketLike {
    return this as unknown as SocketLike;
  }

  on(event: string, listener: (...args: unknown[]) => void): void {
    this.#listeners.set(event, listener);
  }

  onAny(listener: (event: string, data: unknown) => void): void {
    this.#anyListener = listener;
  }

  connect(): void {
    this.handshakes.push(this.#token());
  }

  disconnect(): void {
    this.connected = false;
    this.#listeners.get("disconnect")?.();
  }

  timeout() {
    return { emitWithAck: (event: string, body: object) => this.#request(event, body) };
  }

  /** Accept the handshake. */
  accept(): void {
    this.connected = true;
    this.#listeners.get("connect")?.();
  }

  /** Reject the handshake. */
  reject(data: object): void {
    this.#listeners.get("connect_error")?.(Object.assign(new Error("rejected"), { data }));
  }

  /** Emit an event from the server. */
  receive(event: string, data: object): void {
    this.#anyListener(event, data);
    this.#listeners.get(event)?.(data);
  }

  #request(event: string, body: object): Promise<object> {
    this.requests.push({ event, body });
    return Promise.resolve(this.ack);
  }
}
