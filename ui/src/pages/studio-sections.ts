import { msg } from "@lit/localize";
import { html, nothing, type TemplateResult } from "lit";
import type { Permissions } from "../app/permissions.ts";
import { goTo } from "../app/urls.ts";
import type { Queue } from "../features/queue/queue.ts";
import type { Done } from "../kit/undo.ts";
import type { OnAirKind } from "../wire/schema.ts";
import "../features/activity/audit.ts";
import "../features/bans/bans.ts";
import type { Bans } from "../features/bans/bans.ts";
import "../features/bans/people.ts";
import "../features/chat/chat.ts";
import "../features/chat/held.ts";
import "../features/chat/mode.ts";
import "../features/chat/person-card.ts";
import "../features/chat/settings.ts";
import "../features/desk/audience.ts";
import "../features/desk/desk.ts";
import "../features/desk/in-sync.ts";
import "../features/desk/past-broadcasts.ts";
import "../features/desk/recording.ts";
import "../features/queue/up-next.ts";
import "../features/encoder/encoder.ts";
import "../features/likes/loved.ts";
import "../features/microphone/microphone.ts";
import {
  activityIcon,
  banIcon,
  invitationIcon,
  keyIcon,
  libraryIcon,
  onAirIcon,
  peopleIcon,
  playlistIcon,
  queueIcon,
  settingsIcon,
} from "../kit/icons.ts";
import "../features/people/bots.ts";
import "../features/people/invitations.ts";
import "../features/now-playing/listener-count.ts";
import "../kit/live-badge.ts";
import { groundOf } from "../kit/roundel.ts";
import "../features/people/members.ts";
import "../features/titles/metadata-form.ts";
import "../features/now-playing/now-playing.ts";
import "../features/signal/stream-health.ts";
import "../features/encoder/stream-keys.ts";
import "../features/station-settings/station-settings.ts";
import { card, partsBelow, type Section } from "./sections.ts";

/** The station of the studio, and what its user may do there. */
export interface Studio {
  readonly slug: string;
  readonly permissions: Permissions;
  /** What is on air; undefined until it is known. */
  readonly onAir: OnAirKind | undefined;
  /** Whether the server does not answer at the moment. */
  readonly isAway: boolean;
  /** Why there is nothing to be known of what is on air. */
  readonly problem: string | undefined;
  /** Whether all is in one column, where the chat would be far below. */
  readonly isNarrow: boolean;
}

/** The sections that the user may see. */
export function studioSections(studio: Studio): readonly Section[] {
  const music = studio.permissions.canProgram ? [queueSection(), playlistsSection(studio), librarySection()] : [];
  return [onAirSection(studio), ...music, ...managementSections(studio)];
}

/** What only some users need is loaded where it is shown. */
function loadMusic(): void {
  Promise.all([
    import("../features/queue/queue.ts"),
    import("../features/library/library.ts"),
    import("../features/library/upload-count.ts"),
    import("../features/playlists/playlists.ts"),
  ]).catch(reportError);
}

function queueSection(): Section {
  return {
    id: "queue",
    name: msg("Queue"),
    icon: queueIcon,
    content: () => {
      loadMusic();
      return html`<div class="columns wide-first" @done=${showDone}>
        ${card(msg("Queue"), msg("What plays while nobody is live, in this order."), html`<awaz-queue></awaz-queue>`)}
        ${card(msg("Add from the library"), "", html`<awaz-track-list brief></awaz-track-list>`)}
      </div>`;
    },
  };
}

function showDone({ currentTarget, detail }: CustomEvent<Done>): void {
  const queue = (currentTarget as HTMLElement).querySelector<Queue>("awaz-queue");
  if (queue) queue.done = detail;
}

function playlistsSection({ slug }: Studio): Section {
  const path = `/studio/${slug}/playlists`;
  return {
    id: "playlists",
    name: msg("Playlists"),
    icon: playlistIcon,
    content: () => {
      loadMusic();
      return card(
        msg("Playlists"),
        msg("Say what AutoDJ plays, and how often."),
        html`<awaz-playlists
          .opened=${partsBelow(path)[0]}
          @opened=${({ detail: id }: CustomEvent<string | undefined>) => goTo(id === undefined ? path : `${path}/${id}`)}
          ><awaz-track-list brief forPlaylist></awaz-track-list
        ></awaz-playlists>`,
      );
    },
  };
}

function librarySection(): Section {
  return {
    id: "library",
    name: msg("Library"),
    icon: libraryIcon,
    state: html`<awaz-upload-count></awaz-upload-count>`,
    content: () => {
      loadMusic();
      return card(
        msg("Library"),
        msg("Your station’s music. AutoDJ plays from it."),
        html`<awaz-library></awaz-library>`,
      );
    },
  };
}

function onAirSection(studio: Studio): Section {
  const { canBroadcast } = studio.permissions;
  return {
    id: "air",
    name: msg("On air"),
    icon: onAirIcon,
    keepMounted: true,
    content: () =>
      html`<section
          class="hero now"
          aria-label=${msg("On air now")}
          data-ground=${groundOf(studio.slug)}
          data-on-air=${studio.onAir ?? nothing}
        >
          ${onAirNow(studio)}
        </section>
        ${studio.isNarrow ? chat(studio) : nothing}
        ${canBroadcast ? atTheDesk(studio) : html`<div class="columns">${studio.isNarrow ? nothing : chat(studio)} ${streamHealth()}</div>`}`,
  };
}

function streamHealth(): TemplateResult {
  return card(msg("Stream health"), "", html`<awaz-stream-health></awaz-stream-health>`);
}

function chat({ permissions, isNarrow }: Studio): TemplateResult | typeof nothing {
  if (!permissions.canModerate) return nothing;
  return html`<awaz-chat class=${isNarrow ? "" : "desk-chat"} ?sheet=${isNarrow}>
    <awaz-chat-mode slot="tools"></awaz-chat-mode>
    <awaz-held-messages slot="held"></awaz-held-messages>
  </awaz-chat>`;
}

function atTheDesk(studio: Studio): TemplateResult {
  const { isAway, permissions, isNarrow } = studio;
  const words = msg("What listeners see. While AutoDJ plays, this changes only the current track.");
  const browser = msg("No other software needed: connect your microphone, then press Go live.");
  const recording = msg("A track or a playlist goes on air as a show of its own.");
  const queue = msg("Plays when nobody is live.");
  return html`<div class="columns wide-first">
    <div>
      ${card(msg("Live"), "", html`<awaz-desk ?away=${isAway}></awaz-desk>`)}
      ${card(msg("From this browser"), browser, html`<awaz-microphone @connected=${showDesk}></awaz-microphone>`)}
      ${card(msg("Connect your encoder"), "", html`<awaz-encoder></awaz-encoder>`)}
    </div>
    <div>
      ${isNarrow ? nothing : chat(studio)}
      ${permissions.canProgram ? card(msg("Up next"), queue, html`<awaz-up-next></awaz-up-next>`) : nothing}
      ${card(msg("Now-playing text"), words, html`<awaz-metadata-form></awaz-metadata-form>`)}
      ${card(msg("Play a recording"), recording, html`<awaz-recording></awaz-recording>`)}
      ${card(msg("Listeners in the last hour"), "", html`<awaz-audience></awaz-audience>`)}
      ${card(msg("What listeners hear"), msg("How closely in sync they are, and how far behind you."), html`<awaz-in-sync></awaz-in-sync>`)}
      ${streamHealth()} ${card(msg("Most liked songs"), "", html`<awaz-loved></awaz-loved>`)}
      ${card(msg("Past shows"), "", html`<awaz-past-broadcasts></awaz-past-broadcasts>`)}
    </div>
  </div>`;
}

/** Go live is there. */
function showDesk({ currentTarget }: Event): void {
  const desk = (currentTarget as HTMLElement).closest(".columns")?.querySelector("awaz-desk");
  if (desk && desk.getBoundingClientRect().top < 0) desk.scrollIntoView();
}

function onAirNow({ onAir, problem }: Studio): TemplateResult {
  if (problem !== undefined) return html`<p class="tuning" data-testid="on-air-problem">${problem}</p>`;
  if (!onAir) return html`<p class="tuning">${msg("Tuning in…")}</p>`;
  return html`<div class="facts">
      <awaz-live-badge testId="badge" .onAir=${onAir}></awaz-live-badge>
      <awaz-listener-count></awaz-listener-count>
    </div>
    <awaz-now-playing forHosts></awaz-now-playing>`;
}

function refreshBans({ currentTarget }: Event): void {
  (currentTarget as HTMLElement).querySelector<Bans>("awaz-bans")?.refresh();
}

function managementSections({ slug, permissions }: Studio): Section[] {
  const people: Section = {
    id: "people",
    name: msg("People"),
    icon: peopleIcon,
    content: () => {
      const words = msg("Owners run the station, hosts go on air, and moderators can ban listeners.");
      const members = card(msg("People"), words, html`<awaz-members></awaz-members>`);
      if (!permissions.canManage) return members;
      const programs = msg("Programs that write in the chat, or moderate it, with a role of their own.");
      return html`<div class="columns">${members} ${card(msg("Bots"), programs, html`<awaz-bots></awaz-bots>`)}</div>`;
    },
  };
  const invitations: Section = {
    id: "invitations",
    name: msg("Invitations"),
    icon: invitationIcon,
    content: () =>
      card(
        msg("Invitations"),
        msg("The first person to use the link joins your team."),
        html`<awaz-invitations></awaz-invitations>`,
      ),
  };
  const keys: Section = {
    id: "keys",
    name: msg("Stream keys"),
    icon: keyIcon,
    content: () =>
      card(
        msg("Stream keys"),
        msg("Encoders sign in with a key. Use one per device, so you can revoke one without the others."),
        html`<awaz-stream-keys></awaz-stream-keys>`,
      ),
  };
  const bans: Section = {
    id: "bans",
    name: msg("Bans"),
    icon: banIcon,
    content: () =>
      html`<div class="columns" @banned=${refreshBans}>
        ${card(msg("Here now"), "", html`<awaz-people></awaz-people>`)}
        ${card(msg("Bans"), msg("People who can’t join this station. They can still hear its stream in another player."), html`<awaz-bans .slug=${slug}></awaz-bans>`)}
      </div>`,
  };
  const activity: Section = {
    id: "activity",
    name: msg("Activity"),
    icon: activityIcon,
    content: () =>
      card(
        msg("Activity"),
        msg("Changes to this station, newest first."),
        html`<awaz-audit .slug=${slug}></awaz-audit>`,
      ),
  };
  const settings: Section = {
    id: "settings",
    name: msg("Settings"),
    icon: settingsIcon,
    content: () =>
      html`<div class="columns">
        ${card(
          msg("Settings"),
          msg("What listeners see on the station’s page."),
          html`<awaz-station-settings></awaz-station-settings>`,
        )}
        ${card(msg("Chat"), msg("Who can write, and how often, is set beside the chat."), html`<awaz-chat-settings></awaz-chat-settings>`)}
      </div>`,
  };
  const ofSettings = permissions.canConfigure ? [settings] : [];
  if (permissions.canManage) return [people, invitations, keys, bans, ...ofSettings, activity];
  const ofHosts = permissions.canBroadcast ? [keys] : [];
  return permissions.canModerate ? [people, ...ofHosts, bans] : ofHosts;
}
