import { LitElement, html, nothing, type TemplateResult } from "lit";
import { ApiError, callApi } from "../client/http.ts";
import { LiveClient, type LiveView } from "../client/live.ts";
import { LoginSession } from "../client/login.ts";
import type { EncoderView, StationView } from "../client/wire.ts";
import "../parts/connection.ts";
import "../parts/encoder.ts";
import "../parts/listener-count.ts";
import "../parts/live-badge.ts";
import "../parts/metadata-form.ts";
import "../parts/now-playing.ts";
import "../parts/reception.ts";
import "../parts/sign-in.ts";
import { footer, header } from "./frame.ts";
import { storeOf } from "./session.ts";

/** The page at `/studio`, for those who are on air. */
export class StudioPage extends LitElement {
  readonly #session = new LoginSession(storeOf("sessionStorage"), () => this.#onEnded());
  readonly #live = new LiveClient({ tokens: this.#session, watch: false });
  #view: LiveView = this.#live.view;
  #hint = "";
  #signedIn = false;
  #stations: readonly StationView[] | undefined;
  #slug: string | undefined;
  #encoder: EncoderView | undefined;
  #problem = "";

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#live.subscribe((view) => {
      this.#view = view;
      this.requestUpdate();
    });
    addEventListener("online", () => this.#live.wake());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && this.#signedIn) this.#live.wake();
    });
    if (this.#session.user) this.#begin();
  }

  override render() {
    return html`${header(this.#signedIn ? this.#account() : nothing)}
      <main>
        ${this.#signedIn
          ? nothing
          : html`<section class="card sign-in">
              <h1>Studio</h1>
              <awaz-sign-in .session=${this.#session} .hint=${this.#hint} @signed-in=${this.#begin}></awaz-sign-in>
            </section>`}
        ${
          // Kept while somebody has to sign in again, so that nothing typed is lost.
          this.#slug ? html`<div class="desk" ?hidden=${!this.#signedIn}>${this.#desk(this.#slug)}</div>` : nothing
        }
        ${this.#signedIn ? this.#troubles() : nothing}
      </main>
      ${footer("/", "What listeners see")}
      ${this.#signedIn ? html`<awaz-connection .state=${this.#view.connection}></awaz-connection>` : nothing}`;
  }

  #account(): TemplateResult {
    return html`<div class="account">
      <bdi dir="auto">${this.#session.user?.name ?? ""}</bdi>
      <button class="plain" @click=${this.#signOut}>Sign out</button>
    </div>`;
  }

  #troubles() {
    if (this.#problem) {
      return html`<p class="problem" role="alert">
        ${this.#problem} <button class="plain" @click=${() => void this.#load()}>Try again</button>
      </p>`;
    }
    return this.#stations?.length === 0 ? html`<p class="problem">There is no station yet.</p>` : nothing;
  }

  #desk(slug: string): TemplateResult {
    const state = this.#view.stations.get(slug);
    return html`${this.#chooser(slug)}
      <section class="hero now" aria-label="On air now">
        ${state
          ? html`<div class="facts">
                <awaz-live-badge hook="badge" .onAir=${state.onAir}></awaz-live-badge>
                <awaz-listener-count .count=${state.listeners}></awaz-listener-count>
              </div>
              <awaz-now-playing .state=${state} .clock=${this.#live.clock}></awaz-now-playing>`
          : html`<p class="tuning">Tuning in…</p>`}
      </section>
      <div class="columns">
        <div>
          <section class="card">
            <h2>Say what is on</h2>
            <p class="note">What you leave empty stays as it is.</p>
            <awaz-metadata-form .slug=${slug} .session=${this.#session}></awaz-metadata-form>
          </section>
          <section class="card">
            <h2>Reception</h2>
            ${state ? html`<awaz-reception .state=${state}></awaz-reception>` : nothing}
          </section>
        </div>
        <section class="card">
          <h2>Your encoder</h2>
          ${this.#encoder ? html`<awaz-encoder .encoder=${this.#encoder}></awaz-encoder>` : nothing}
        </section>
      </div>`;
  }

  #chooser(slug: string): TemplateResult {
    const stations = this.#stations ?? [];
    if (stations.length < 2) return html`<h1><bdi dir="auto">${stations[0]?.name ?? slug}</bdi></h1>`;
    return html`<h1>
      <select aria-label="Station" @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value)}>
        ${stations.map(
          (station) => html`<option value=${station.slug} ?selected=${station.slug === slug}>${station.name}</option>`,
        )}
      </select>
    </h1>`;
  }

  readonly #begin = (): void => {
    this.#signedIn = true;
    this.#hint = "";
    this.#live.start();
    void this.#load();
  };

  async #load(): Promise<void> {
    this.#problem = "";
    try {
      const token = await this.#session.token();
      this.#stations = (await callApi<{ stations: StationView[] }>("stations", { token })).stations;
      const asked = new URLSearchParams(location.search).get("station");
      const chosen = this.#slug ?? this.#stations.find(({ slug }) => slug === asked)?.slug ?? this.#stations[0]?.slug;
      if (chosen) this.#choose(chosen);
    } catch (error) {
      this.#fail(error);
    }
    this.requestUpdate();
  }

  #choose(slug: string): void {
    if (this.#slug !== undefined && this.#slug !== slug) this.#live.unfollow(this.#slug);
    if (this.#slug !== slug) this.#encoder = undefined;
    this.#slug = slug;
    this.#problem = "";
    this.#live.follow(slug);
    void this.#loadEncoder(slug);
    this.requestUpdate();
  }

  async #loadEncoder(slug: string): Promise<void> {
    try {
      const token = await this.#session.token();
      const encoder = await callApi<EncoderView>(`stations/${slug}/encoder`, { token });
      if (slug === this.#slug) this.#encoder = encoder;
    } catch (error) {
      this.#fail(error);
    }
    this.requestUpdate();
  }

  #fail(error: unknown): void {
    if (error instanceof ApiError && error.status === 401) this.#session.refused();
    else if (error instanceof ApiError) this.#problem = error.message;
  }

  readonly #signOut = (): void => {
    this.#session.signOut();
    // Everything of the signed-in user goes with the page.
    location.reload();
  };

  #onEnded(): void {
    if (!this.#signedIn) return;
    this.#signedIn = false;
    this.#hint = "Your session has ended. Please sign in again.";
    this.#live.stop();
    this.requestUpdate();
  }
}

customElements.define("awaz-studio", StudioPage);
