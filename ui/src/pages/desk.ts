import { html, nothing, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { ServerClock } from "../client/clock.ts";
import { rightsOf, type Rights } from "../client/rights.ts";
import type { TokenSource } from "../client/session.ts";
import type { StationState } from "../client/state.ts";
import type { Me } from "../client/wire.ts";
import "../parts/audit.ts";
import "../parts/bans.ts";
import "../parts/encoder.ts";
import "../parts/invitations.ts";
import "../parts/listener-count.ts";
import "../parts/live-badge.ts";
import "../parts/members.ts";
import "../parts/metadata-form.ts";
import "../parts/now-playing.ts";
import "../parts/reception.ts";
import { sentence } from "../parts/problem.ts";
import "../parts/stream-keys.ts";
import { card, sections, type Section } from "./sections.ts";

/** What a desk is made of: a station, as one of its people sees it. */
export interface Desk {
  readonly slug: string;
  readonly me: Me;
  readonly session: TokenSource;
  readonly clock: ServerClock;
  readonly state: StationState | undefined;
  /** Why the station may not be joined. */
  readonly closed: string | undefined;
}

export function desk(at: Desk): TemplateResult {
  const rights = rightsOf(at.me.role, at.me.stations[at.slug]);
  return html`${keyed(at.slug, sections("Parts of the desk", [onAir(at, rights), ...house(at, rights)]))}`;
}

function onAir(at: Desk, rights: Rights): Section {
  return {
    id: "air",
    name: "On air",
    stays: true,
    content: () => html`<section class="hero now" aria-label="On air now">${now(at)}</section>
      <div class="columns">
        <div>
          ${rights.isOnAir
            ? card(
                "Say what is on",
                "What you leave empty stays as it is.",
                html`<awaz-metadata-form .slug=${at.slug} .session=${at.session}></awaz-metadata-form>`,
              )
            : nothing}
          ${card(
            "Reception",
            "",
            html`${at.state ? html`<awaz-reception .state=${at.state}></awaz-reception>` : nothing}`,
          )}
        </div>
        ${rights.isOnAir
          ? card("Your encoder", "", html`<awaz-encoder .slug=${at.slug} .session=${at.session}></awaz-encoder>`)
          : nothing}
      </div>`,
  };
}

function now({ state, clock, closed }: Desk): TemplateResult {
  if (closed !== undefined) return html`<p class="tuning" data-testid="closed">${sentence(closed)}</p>`;
  if (!state) return html`<p class="tuning">Tuning in…</p>`;
  return html`<div class="facts">
      <awaz-live-badge hook="badge" .onAir=${state.onAir}></awaz-live-badge>
      <awaz-listener-count .count=${state.listeners}></awaz-listener-count>
    </div>
    <awaz-now-playing .state=${state} .clock=${clock}></awaz-now-playing>`;
}

/** Everything but the broadcast: who belongs here, who does not, and what was done. */
function house({ slug, me, session }: Desk, rights: Rights): Section[] {
  const people: Section = {
    id: "people",
    name: "People",
    content: () =>
      card(
        "People",
        "Owners run the station, hosts go on air, moderators keep the peace.",
        html`<awaz-members .slug=${slug} .session=${session} .rights=${rights} .me=${me.id}></awaz-members>`,
      ),
  };
  const invitations: Section = {
    id: "invitations",
    name: "Invitations",
    content: () =>
      card(
        "Invitations",
        "A link makes whoever opens it first one of your people.",
        html`<awaz-invitations .slug=${slug} .session=${session}></awaz-invitations>`,
      ),
  };
  const keys: Section = {
    id: "keys",
    name: "Stream keys",
    content: () =>
      card(
        "Stream keys",
        "An encoder proves itself with a key. Give each its own, so that one can be revoked without the others.",
        html`<awaz-stream-keys .slug=${slug} .session=${session}></awaz-stream-keys>`,
      ),
  };
  const bans: Section = {
    id: "bans",
    name: "Sent away",
    content: () =>
      card(
        "Sent away",
        "Those who may not come back to this station.",
        html`<awaz-bans .path=${`stations/${slug}/bans`} .session=${session}></awaz-bans>`,
      ),
  };
  const activity: Section = {
    id: "activity",
    name: "Activity",
    content: () =>
      card(
        "Activity",
        "Who did what, newest first.",
        html`<awaz-audit .path=${`stations/${slug}/audit`} .session=${session}></awaz-audit>`,
      ),
  };
  if (rights.runsIt) return [people, invitations, keys, bans, activity];
  return rights.moderates ? [people, bans] : [];
}
