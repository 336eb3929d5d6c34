import { Task, TaskStatus } from "@lit/task";
import type { ReactiveController } from "lit";
import { FromPage, sessionContext, stationContext, type ElementHost } from "../../app/contexts.ts";
import { ofStation } from "../../app/selected.ts";
import { errorText } from "../../i18n/problems.ts";
import { to, type ApiRequest } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import type { QueueView } from "../../wire/schema.ts";
import { withMoved, type Before } from "../../kit/order.ts";

/** The queue of the page's station as the server has it, fetched again whenever it has changed there. */
export class StationQueue implements ReactiveController {
  readonly #host: ElementHost;
  readonly #session;
  readonly #station;
  readonly #changedAt;
  readonly #task;
  #view: QueueView | undefined;
  /** The move that the server has not answered yet: shown in whatever is fetched meanwhile, or the row would go back. */
  #moving: { readonly id: string; readonly before: Before } | undefined;
  /** The station that `#view` is of. */
  #slug: string | undefined;
  #problem = "";

  constructor(host: ElementHost) {
    this.#host = host;
    this.#session = new FromPage(host, sessionContext);
    this.#station = new FromPage(host, stationContext);
    this.#changedAt = ofStation(host, ({ changedAt }) => changedAt.queue);
    this.#task = new Task(host, {
      args: () => [this.#station.value.slug, this.#changedAt.value, this.#session.value] as const,
      task: async ([slug], { signal }) => {
        const request = to("GET /api/v1/stations/{slug}/queue", { path: { slug } });
        this.#take(slug, await callAuthenticated(this.#session.value, request, { signal }));
      },
      onError: (error) => (this.#problem = errorText(error)),
    });
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#task.abort();
  }

  /** The queue; undefined until it is known. */
  get view(): QueueView | undefined {
    const view = this.#slug === this.#station.value.slug ? this.#view : undefined;
    if (!view || !this.#moving) return view;
    return { ...view, items: withMoved(view.items, this.#moving.id, this.#moving.before) };
  }

  /** Why it could not be fetched; empty if it was. */
  get problem(): string {
    return this.#task.status === TaskStatus.ERROR ? this.#problem : "";
  }

  async fetch(): Promise<void> {
    await this.#task.run();
  }

  /** Move an item; it is shown there at once, and where it was if the server refuses. */
  async move(id: string, before: Before): Promise<void> {
    this.#moving = { id, before };
    this.#host.requestUpdate();
    const path = { slug: this.#station.value.slug, id };
    const body = before === undefined ? {} : { before };
    const edited = this.#edit(to("PATCH /api/v1/stations/{slug}/queue/{id}", { path, body }));
    try {
      await edited.finally(() => (this.#moving = undefined));
    } catch (error) {
      await this.fetch();
      throw error;
    }
  }

  async remove(id: string): Promise<void> {
    const path = { slug: this.#station.value.slug, id };
    await this.#edit(to("DELETE /api/v1/stations/{slug}/queue/{id}", { path }));
  }

  /** Place a track again that was removed. */
  async place(track_id: string, before: Before): Promise<void> {
    const { slug } = this.#station.value;
    const body = { track_id, place: before ?? "end" };
    await this.#edit(to("POST /api/v1/stations/{slug}/queue", { path: { slug }, body }));
  }

  async skip(item: string): Promise<void> {
    const { slug } = this.#station.value;
    await this.#edit(to("POST /api/v1/stations/{slug}/queue/skip", { path: { slug }, body: { item } }));
  }

  async #edit(request: ApiRequest<QueueView>): Promise<void> {
    const { slug } = this.#station.value;
    this.#take(slug, await callAuthenticated(this.#session.value, request));
  }

  /** Answers may come in another order than they were given. */
  #take(slug: string, view: QueueView): void {
    if (slug === this.#slug && this.#view && view.version < this.#view.version) return;
    this.#slug = slug;
    this.#view = view;
    this.#host.requestUpdate();
  }
}
