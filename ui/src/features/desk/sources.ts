import { Task, TaskStatus } from "@lit/task";
import type { ReactiveController } from "lit";
import { FromPage, sessionContext, stationContext, type ElementHost } from "../../app/contexts.ts";
import { ofStation } from "../../app/selected.ts";
import { errorText } from "../../i18n/problems.ts";
import { to } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import type { GoLiveRequest, SignalsAnswer, SignalView, SourceId } from "../../wire/schema.ts";

/** The sources of the page's station: fetched once, and then as the server tells of them. */
export class Sources implements ReactiveController {
  readonly #session;
  readonly #station;
  readonly #told;
  readonly #epoch;
  readonly #task;
  #problem = "";

  constructor(host: ElementHost) {
    this.#session = new FromPage(host, sessionContext);
    this.#station = new FromPage(host, stationContext);
    this.#told = ofStation(host, ({ signals }) => signals);
    // After an interruption, what was told last may be over.
    this.#epoch = ofStation(host, ({ joinedAt }) => joinedAt);
    this.#task = new Task(host, {
      args: () => [this.#station.value.slug, this.#session.value, this.#epoch.value] as const,
      task: async ([slug, session], { signal }): Promise<SignalsAnswer> => {
        const request = to("GET /api/v1/stations/{slug}/signal", { path: { slug } });
        return callAuthenticated(session, request, { signal });
      },
      onError: (error) => (this.#problem = errorText(error)),
    });
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#task.abort();
  }

  /** The sources that are there; undefined until that is known. */
  get present(): readonly SignalView[] | undefined {
    const told = this.#told.value ?? {};
    const fetched = this.#task.value?.signals;
    return fetched?.map((view) => told[view.source.id] ?? view).filter(({ source }) => source.state !== "absent");
  }

  /** For how long a source on air may be silent before music plays, in seconds; 0 for ever. */
  get deadAirS(): number {
    return this.#task.value?.dead_air_s ?? 0;
  }

  /** Whether an encoder goes on air as soon as it connects. */
  get autoLive(): boolean {
    return this.#task.value?.auto_live ?? false;
  }

  /** Why they could not be fetched; empty if they were. */
  get problem(): string {
    return this.#task.status === TaskStatus.ERROR ? this.#problem : "";
  }

  async fetch(): Promise<void> {
    await this.#task.run();
  }

  async goLive(body: GoLiveRequest): Promise<void> {
    const request = to("POST /api/v1/stations/{slug}/go-live", { path: this.#path, body });
    await callAuthenticated(this.#session.value, request);
  }

  async stop(broadcast_id: string): Promise<void> {
    const request = to("POST /api/v1/stations/{slug}/stop", { path: this.#path, body: { broadcast_id } });
    await callAuthenticated(this.#session.value, request);
  }

  /** Disconnect a source; returns until when its key opens nothing, in unix milliseconds. */
  async kick(source: SourceId, seconds: number): Promise<number | undefined> {
    const request = to("POST /api/v1/stations/{slug}/kick", { path: this.#path, body: { source, seconds } });
    return (await callAuthenticated(this.#session.value, request)).locked_until;
  }

  /** An address at which a source is heard. */
  async preview(source: SourceId): Promise<string> {
    const request = to("POST /api/v1/stations/{slug}/preview", { path: this.#path, body: { source } });
    return (await callAuthenticated(this.#session.value, request)).url;
  }

  get #path() {
    return { slug: this.#station.value.slug };
  }
}
