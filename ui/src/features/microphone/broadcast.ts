import { AwazError } from "../../sdk/errors.ts";
import type { TokenSource } from "../../sdk/tokens.ts";
import { SliceBuffer } from "./slice-buffer.ts";
import { Webm } from "./webm.ts";

/** A slice is this long: it is heard that much later than it is said. */
const SLICE_MS = 250;
/** The first that the browser can record is taken; the server keeps Opus as it is. */
const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4"];
const FIRST_RETRY_MS = 500;
/** A broadcast whose daemon comes back waits ten seconds for its source. */
const LONGEST_RETRY_MS = 1_000;
const TELL_MS = 1_000;
/** From here on, it is worth a break to send nothing that nobody waits for. */
const NOTICEABLE_MS = 1_000;
/** What is not acknowledged for longer is not sent any more: it would be heard far too late. */
const LONGEST_WAIT_MS = 30_000;
/** The newest recorded sound that is kept then, so that the oldest goes five seconds at a time. */
const KEPT_MS = 25_000;
/** Some seconds: more would wait in the browser, which cannot be told to let go of it. */
const MAX_BUFFERED_BYTES = 64 * 1024;
/** A line over which nothing comes for so long is dead. The server may wait for five seconds before it answers. */
const DEAD_MS = 7_000;
/** A taken mount is asked for this many times: the recording that was cut off may still hold it. */
const MAX_CONFLICTS = 15;

export type LineState = "connecting" | "sending" | "interrupted" | "ended";

type Ready = { readonly type: "ready"; readonly have: number; readonly awaited: boolean };
type Answer =
  Ready | { readonly type: "ack"; readonly have: number } | { readonly type: "error"; readonly error: ErrorBody };
type ErrorBody = ConstructorParameters<typeof AwazError>[0];

/** Where a station takes microphones. */
function microphoneUrl(slug: string): string {
  const url = new URL(`/api/v1/stations/${encodeURIComponent(slug)}/microphone`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

/** Records a stream and sends it to a station, over a line that may break: nothing is lost, and nothing sent twice. */
export class MicrophoneBroadcast {
  readonly #slug: string;
  readonly #tokens: TokenSource;
  readonly #stream: MediaStream;
  readonly #bitsPerSecond: number;
  readonly #onChange: () => void;
  #recorder: MediaRecorder;
  #slices: SliceBuffer;
  #session = crypto.randomUUID();
  #socket: WebSocket | undefined;
  /** The session that the server knows. */
  #known: string | undefined;
  #isReady = false;
  /** The newest slice that was sent over this line. */
  #sent = 0;
  #heardAt = 0;
  #toldAt = 0;
  #attempt = 0;
  #conflicts = 0;
  #reading: Promise<void> = Promise.resolve();
  #retryMs = FIRST_RETRY_MS;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #state: LineState = "connecting";
  #error: AwazError | undefined;

  constructor(slug: string, tokens: TokenSource, stream: MediaStream, bitsPerSecond: number, onChange: () => void) {
    this.#slug = slug;
    this.#tokens = tokens;
    this.#stream = stream;
    this.#bitsPerSecond = bitsPerSecond;
    this.#onChange = onChange;
    [this.#recorder, this.#slices] = this.#record();
    void this.#connect();
  }

  get state(): LineState {
    return this.#state;
  }

  /** Why it has ended; undefined if it has not, or if the host ended it. */
  get error(): AwazError | undefined {
    return this.#error;
  }

  /** Whether what is said while the line is interrupted can be sent afterwards. */
  get keepsWords(): boolean {
    return this.#slices.canContinue;
  }

  /** How long the oldest slice waits for its acknowledgement, in milliseconds. */
  get delayMs(): number {
    return this.#slices.waitedMs(performance.now());
  }

  /** End it: the source goes at once. */
  end(error?: AwazError): void {
    if (this.#state === "ended") return;
    this.#error = error;
    this.#attempt += 1;
    clearTimeout(this.#retry);
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    if (this.#isReady && !error) this.#socket?.send("done");
    this.#socket?.close();
    this.#change("ended");
  }

  #record(): [MediaRecorder, SliceBuffer] {
    const mimeType = TYPES.find((type) => MediaRecorder.isTypeSupported(type));
    const recorder = new MediaRecorder(this.#stream, {
      audioBitsPerSecond: this.#bitsPerSecond,
      ...(mimeType !== undefined && { mimeType }),
    });
    recorder.addEventListener("dataavailable", ({ data }) => {
      // One after the other, whichever is read first.
      this.#reading = this.#reading.then(() => this.#take(data, recorder)).catch(reportError);
    });
    recorder.start(SLICE_MS);
    return [recorder, new SliceBuffer(recorder.mimeType.startsWith("audio/webm") ? new Webm() : undefined)];
  }

  /** Let go of what was recorded. */
  #recordAnew(): void {
    this.#recorder.stop();
    [this.#recorder, this.#slices] = this.#record();
  }

  /** Go on with the slices that are given as another recording; with what is said from now on, if there are none. */
  #goOnWith(slices: SliceBuffer | undefined): void {
    if (slices) this.#slices = slices;
    else this.#recordAnew();
    // The line belongs to the recording before: its numbers would be taken for known ones.
    this.#session = crypto.randomUUID();
    this.#reconnect();
  }

  /** Leave a line without waiting for its end, and open another one. */
  #reconnect(): void {
    const left = this.#socket;
    this.#socket = undefined;
    left?.close();
    this.#tryAgain();
  }

  /** Begin a recording of which the server has nothing yet, with what was said before if listeners wait for it. */
  #beginWith(awaited: boolean): void {
    if (this.delayMs > NOTICEABLE_MS) {
      // Sending the backlog makes the whole rest of the show late: only listeners who wait are worth that.
      if (awaited) this.#slices = this.#slices.continued() ?? this.#slices;
      else this.#recordAnew();
    }
    const { leadMs: lead_ms } = this.#slices;
    if (lead_ms) this.#socket?.send(JSON.stringify({ lead_ms }));
  }

  async #take(data: Blob, recorder: MediaRecorder): Promise<void> {
    const bytes = new Uint8Array(await data.arrayBuffer());
    if (!bytes.length || this.#state === "ended" || recorder !== this.#recorder) return;
    const now = performance.now();
    this.#slices.add(bytes, now);
    this.#send();
    if (this.#isReady && Math.min(this.delayMs, now - this.#heardAt) > DEAD_MS) this.#reconnect();
    if (this.delayMs > LONGEST_WAIT_MS) {
      // A line that is too slow never catches up. Over one that is gone, the newest is still sent when it is back.
      this.#goOnWith(this.#isReady ? undefined : this.#slices.continued(now - KEPT_MS));
    } else if (this.#isReady && now - this.#toldAt >= TELL_MS) {
      this.#toldAt = now;
      this.#socket?.send(JSON.stringify({ delay_ms: Math.round(this.delayMs) }));
    }
  }

  /** Send what was not sent yet, as far as the line takes it. */
  #send(): void {
    if (!this.#isReady || !this.#socket) return;
    for (const { number, bytes } of this.#slices.pending(this.#sent)) {
      if (this.#socket.bufferedAmount > MAX_BUFFERED_BYTES) return;
      this.#socket.send(bytes);
      this.#sent = number;
    }
  }

  async #connect(): Promise<void> {
    const attempt = (this.#attempt += 1);
    let token: string;
    try {
      token = await this.#tokens.token();
    } catch {
      if (attempt === this.#attempt) this.#tryAgain();
      return;
    }
    if (attempt !== this.#attempt) return;
    const socket = new WebSocket(microphoneUrl(this.#slug));
    this.#socket = socket;
    socket.onopen = () => {
      const { mimeType: mime } = this.#recorder;
      const { have } = this.#slices;
      const replaces = this.#known;
      socket.send(JSON.stringify({ token, mime, session: this.#session, replaces, have, timed: true }));
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      if (this.#socket === socket) this.#onAnswer(JSON.parse(data) as Answer, token);
    };
    socket.onclose = () => {
      if (this.#socket === socket) this.#tryAgain();
    };
  }

  #onAnswer(answer: Answer, token: string): void {
    if (answer.type === "error") {
      this.#onError(new AwazError(answer.error), token);
      return;
    }
    this.#heardAt = performance.now();
    this.#slices.acknowledge(answer.have);
    if (answer.type === "ready") this.#onReady(answer);
    this.#send();
  }

  #onReady({ have, awaited }: Ready): void {
    if (have === 0) this.#beginWith(awaited);
    this.#known = this.#session;
    this.#sent = have;
    this.#conflicts = 0;
    this.#retryMs = FIRST_RETRY_MS;
    this.#isReady = true;
    this.#change("sending");
  }

  #onError(error: AwazError, token: string): void {
    if (error.code === "unauthenticated") this.#tokens.invalidate(token);
    // The server has forgotten the recording: what it does not have goes on as another one.
    else if (error.code === "not_found") this.#goOnWith(this.#slices.continued());
    else if (error.code === "conflict" && this.#known !== undefined && this.#conflicts < MAX_CONFLICTS) {
      this.#conflicts += 1;
    } else if (!error.retryable) this.end(error);
  }

  #tryAgain(): void {
    this.#isReady = false;
    clearTimeout(this.#retry);
    if (this.#state === "ended") return;
    this.#change("interrupted");
    this.#retry = setTimeout(() => void this.#connect(), this.#retryMs);
    this.#retryMs = Math.min(LONGEST_RETRY_MS, this.#retryMs * 2);
  }

  #change(state: LineState): void {
    this.#state = state;
    this.#onChange();
  }
}
