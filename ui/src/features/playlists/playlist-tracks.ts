import { Task, TaskStatus } from "@lit/task";
import type { ReactiveController } from "lit";
import { FromPage, sessionContext, stationContext, type ElementHost } from "../../app/contexts.ts";
import { ofStation } from "../../app/selected.ts";
import { errorText } from "../../i18n/problems.ts";
import { after, withMoved, type Before } from "../../kit/order.ts";
import { to, type ApiRequest } from "../../sdk/api.ts";
import { callAuthenticated } from "../../sdk/http.ts";
import type { PlaylistTracksAnswer, PlaylistTracksPage, TrackView } from "../../wire/schema.ts";

const PAGE_SIZE = 200;

/**
 * The tracks of a playlist of the page's station, all of them: an order is changed as a whole. They are fetched again
 * whenever a playlist has changed on the server.
 */
export class PlaylistTracks implements ReactiveController {
  readonly #host: ElementHost;
  readonly #session;
  readonly #station;
  readonly #id: () => string;
  readonly #task;
  #tracks: { readonly id: string; readonly items: readonly TrackView[] } | undefined;
  #problem = "";
  #edits = 0;

  constructor(host: ElementHost, id: () => string) {
    this.#host = host;
    this.#id = id;
    this.#session = new FromPage(host, sessionContext);
    this.#station = new FromPage(host, stationContext);
    const changedAt = ofStation(host, (state) => state.changedAt.playlists);
    this.#task = new Task(host, {
      args: () => [id(), this.#station.value.slug, changedAt.value, this.#session.value] as const,
      task: async ([playlist], { signal }) => {
        const edits = this.#edits;
        const items: TrackView[] = [];
        let page: PlaylistTracksPage | undefined;
        do {
          const query = { limit: PAGE_SIZE, ...(page?.next !== undefined && { cursor: page.next }) };
          const request = to("GET /api/v1/stations/{slug}/playlists/{id}/tracks", { path: this.#path, query });
          page = await callAuthenticated(this.#session.value, request, { signal });
          items.push(...page.items);
        } while (page.next !== undefined);
        // The answer may be older than an edit, which the server tells of in its turn.
        if (this.items && edits !== this.#edits) return;
        // Somebody else may have moved one from a later page to an earlier one meanwhile.
        this.#show(playlist, [...new Map(items.map((track) => [track.id, track])).values()]);
      },
      onError: (error) => (this.#problem = errorText(error)),
    });
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#task.abort();
  }

  /** The tracks; undefined until they are known. */
  get items(): readonly TrackView[] | undefined {
    return this.#tracks?.id === this.#id() ? this.#tracks.items : undefined;
  }

  /** Why they could not be fetched; empty if they were. */
  get problem(): string {
    return this.#task.status === TaskStatus.ERROR ? this.#problem : "";
  }

  async fetch(): Promise<void> {
    await this.#task.run();
  }

  /** Move a track; it is shown there at once, and where it was if the server refuses. */
  async move(id: string, before: Before): Promise<void> {
    this.#edits += 1;
    this.#show(this.#id(), withMoved(this.items ?? [], id, before));
    const body = { ids: [id], ...(before !== undefined && { before }) };
    try {
      await this.#send(to("PATCH /api/v1/stations/{slug}/playlists/{id}/tracks", { path: this.#path, body }));
    } catch (error) {
      await this.fetch();
      throw error;
    }
  }

  /** Take a track out; returns how it is put back where it was. */
  async remove(id: string): Promise<() => Promise<void>> {
    const track = this.items?.find((each) => each.id === id);
    const follower = after(this.items ?? [], id);
    const path = this.#path;
    await this.#send(to("POST /api/v1/stations/{slug}/playlists/{id}/tracks/remove", { path, body: { ids: [id] } }));
    this.#show(path.id, this.items?.filter((track) => track.id !== id) ?? []);
    return async () => {
      if (track) await this.add(track);
      if (follower !== undefined) await this.move(id, follower);
    };
  }

  /** Add a track at the end. */
  async add(track: TrackView): Promise<void> {
    const path = this.#path;
    const body = { ids: [track.id] };
    await this.#send(to("POST /api/v1/stations/{slug}/playlists/{id}/tracks", { path, body }));
    const { items } = this;
    if (items) this.#show(path.id, [...items.filter(({ id }) => id !== track.id), track]);
  }

  get #path() {
    return { slug: this.#station.value.slug, id: this.#id() };
  }

  async #send(request: ApiRequest<PlaylistTracksAnswer>): Promise<void> {
    await callAuthenticated(this.#session.value, request);
    this.#edits += 1;
  }

  #show(id: string, items: readonly TrackView[]): void {
    this.#tracks = { id, items };
    this.#host.requestUpdate();
  }
}
