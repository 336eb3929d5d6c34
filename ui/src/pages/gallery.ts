// The parts of kit/ in each of their states, for whoever changes them: `npm run dev`, then /gallery.html.

import { html, type TemplateResult } from "lit";
import { startLanguage } from "../app/language.ts";
import { moreLabel } from "../kit/action.ts";
import "../kit/confirm.ts";
import "../kit/connection-notice.ts";
import "../kit/copyable.ts";
import { AwazElement } from "../kit/element.ts";
import * as icons from "../kit/icons.ts";
import "../kit/live-badge.ts";
import "../kit/password.ts";
import { groundOf } from "../kit/roundel.ts";
import { userText } from "../kit/user-text.ts";
import type { ConnectionStatus } from "../sdk/client.ts";
import { AwazError } from "../sdk/errors.ts";
import { footer, header, notice } from "./layout.ts";
import { card } from "./sections.ts";

const KINDS = ["live", "upload", "autodj", "offair"] as const;
/** Stations whose names give the four grounds. */
const STATIONS = ["awaz", "jazz", "lahore", "subah", "karachi", "sindh", "qawwali", "raga"];
const CONNECTIONS: readonly ConnectionStatus[] = [
  { state: "connecting", failures: 0 },
  { state: "waiting", failures: 1 },
];
const TEXTS = ["Pasoori", "چراغ", "أنت عمري", "Live: تاجدارِ حرم (1990)", "x".repeat(300), "<b>no markup</b>"];

const fails = () =>
  Promise.reject(new AwazError({ code: "conflict", message: "This action always fails.", retryable: false }));
const works = () => Promise.resolve();

/** All parts, each with a heading. */
export class Gallery extends AwazElement {
  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override render() {
    return html`<div class="page">
      ${header()}
      <main>
        <h1>Kit</h1>
        ${card("Buttons", "", buttons())} ${card("Fields", "", fields())}
        ${card("Texts of people", "Each run has its own language and direction.", texts())}
        ${card("Copyable values", "", html`<awaz-copyable .label=${"Port"} .value=${"8000"}></awaz-copyable>`)}
        ${card("List", "", list())} ${card("Empty and failed lists", "", states())} ${card("Icons", "", allIcons())}
        ${card("Badges on each ground", "", grounds())}
        ${card("Connection", "Fixed to the foot of a page.", connections())}
        ${notice("Notice", "What a page says when it has nothing else to show.")}
      </main>
      ${footer([])}
    </div>`;
  }
}

function buttons(): TemplateResult {
  return html`<div class="form-actions">
    <button class="primary">Primary</button><button class="primary" disabled>Primary, disabled</button>
    <button class="secondary">Secondary</button><button class="secondary" disabled>Secondary, disabled</button>
    <button class="secondary" aria-pressed="true">Pressed</button>
    <awaz-confirm .label=${"Remove"} .question=${"Remove it?"} .run=${works} testId="works"></awaz-confirm>
    <awaz-confirm .label=${"Fail"} .question=${"Fail?"} .run=${fails} testId="fails"></awaz-confirm>
  </div>`;
}

function fields(): TemplateResult {
  return html`<form>
    <div class="field-grid">
      <label>Text <input name="text" dir="auto" placeholder="A placeholder" /></label>
      <label>Disabled <input name="disabled" disabled value="A value" /></label>
      <label>
        Choice
        <select>
          <option>One</option>
          <option>Two</option>
        </select>
      </label>
      <label>Long text <textarea dir="auto" rows="2"></textarea></label>
      <awaz-password .label=${"Password"} name="password" use="current"></awaz-password>
    </div>
    <div class="form-actions">
      <button class="primary" type="button">Save</button> <span class="good" role="status">Saved.</span>
      <span class="bad" role="alert">It could not be saved.</span>
    </div>
  </form>`;
}

function texts(): TemplateResult {
  return html`<ul class="rows">
    ${TEXTS.map((text) => html`<li><div class="entry-text">${userText(text)}</div></li>`)}
  </ul>`;
}

function list(): TemplateResult {
  return html`<ul class="rows">
    <li>
      <div class="entry-text">
        <strong>Sara</strong> <span class="tag">Guest</span><span class="muted">A note</span>
      </div>
      <div class="entry-actions"><button class="secondary">Edit</button></div>
    </li>
    <li class="inactive">
      <div class="entry-text"><strong>Inactive</strong> <span class="tag">Revoked</span></div>
    </li>
  </ul>`;
}

function states(): TemplateResult {
  const more = [
    { busy: false, problem: "" },
    { busy: true, problem: "" },
    { busy: false, problem: "It failed." },
  ];
  return html`<p class="muted">Nothing is here yet.</p>
    <p class="bad">It could not be loaded. <button class="secondary">Try again</button></p>
    ${more.map((state) => html`<button class="secondary" ?disabled=${state.busy}>${moreLabel(state)}</button> `)}`;
}

function allIcons(): TemplateResult {
  return html`<ul class="rows">
    ${Object.entries(icons).map(([name, icon]) => html`<li>${icon} <code>${name}</code></li>`)}
  </ul>`;
}

function grounds(): TemplateResult {
  const byGround = new Map(STATIONS.map((name) => [groundOf(name), name]));
  return html`${[...byGround].map(([ground, name]) =>
    KINDS.map(
      (kind) =>
        html`<section class="hero now" data-ground=${ground} data-on-air=${kind} aria-label="${ground}, ${kind}">
          <awaz-roundel .name=${name} ?turning=${kind === "live"}></awaz-roundel>
          <div class="facts"><awaz-live-badge .onAir=${kind}></awaz-live-badge></div>
        </section>`,
    ),
  )}`;
}

function connections(): TemplateResult {
  return html`${CONNECTIONS.map(
    (status) => html`<div class="framed"><awaz-connection .status=${status}></awaz-connection></div>`,
  )}`;
}

await startLanguage();
customElements.define("awaz-gallery", Gallery);
