import { html, nothing, type TemplateResult } from "lit";
import { fieldsOf, nameOf, type Components, type Schema } from "./schema-text.ts";
import { entriesOf, type AsyncApi, type Disconnect, type Entry } from "./socket-reference.ts";

/** The events of a socket, both ways, and why a connection ends. */
export function socketReference(document: AsyncApi): TemplateResult {
  const { schemas } = document.components;
  const channel = document.channels.socket;
  return html`<div class="events">
    <p class="note">${inline(document.info.description)}</p>
    <h2>Connecting</h2>
    ${typeCard(nameOf(channel["x-connect"].auth) ?? "", schemas)}
    ${typeCard(nameOf(channel["x-connect"].refused) ?? "", schemas)}
    <h2>Requests</h2>
    ${entriesOf(document, "receive").map((entry) => entryCard(entry, schemas))}
    <h2>Events</h2>
    ${entriesOf(document, "send").map((entry) => entryCard(entry, schemas))}
    <h2>Logs</h2>
    <ul>
      ${Object.entries(channel["x-logs"]).map(
        ([name, { events, seconds }]) =>
          html`<li><code>${name}</code>: the newest ${events} events of the last ${seconds / 60} minutes.</li>`,
      )}
    </ul>
    <h2>Why a connection ends</h2>
    ${disconnects(channel["x-disconnects"])}
    <dl>
      ${Object.entries(channel["x-advice"]).map(
        ([advice, meaning]) =>
          html`<dt><code>${advice}</code></dt>
            <dd>${inline(meaning)}</dd>`,
      )}
    </dl>
    <h2>Types</h2>
    ${Object.entries(schemas)
      .filter(([name, schema]) => !name.startsWith("Connect") && (schema.properties || schema.allOf || schema.enum))
      .map(([name]) => typeCard(name, schemas))}
  </div>`;
}

function typeCard(name: string, schemas: Components): TemplateResult {
  const schema = schemas[name] ?? {};
  return html`<section class="card" id="type-${name}">
    <h3><code>${name}</code></h3>
    ${prose(schema.description ?? "")} ${schema.enum ? nothing : fieldTable(schema, schemas)}
  </section>`;
}

function entryCard(entry: Entry, schemas: Components): TemplateResult {
  return html`<section class="card" id="event-${entry.name}" data-testid="event-${entry.name}">
    <h3><code>${entry.name}</code></h3>
    ${prose(entry.description)} ${entry.use ? prose(entry.use) : nothing}
    <p class="facts">${entry.facts.map(([name, value]) => html`<span>${name}: <code>${value}</code></span>`)}</p>
    ${fieldTable(entry.payload, schemas)}
    ${
      entry.answer
        ? html`<h4>Answer</h4>
            ${fieldTable(entry.answer, schemas)}`
        : nothing
    }
    <details>
      <summary>Example</summary>
      <pre tabindex="0">${JSON.stringify(entry.example, undefined, 2)}</pre>
    </details>
  </section>`;
}

function fieldTable(schema: Schema, schemas: Components): TemplateResult {
  const fields = fieldsOf(schema, schemas);
  if (!fields.length) return html`<p class="muted">No fields.</p>`;
  return table(
    "Fields",
    ["Field", "Type", "Meaning"],
    fields.map(
      ({ name, type, component, optional, description }) =>
        html`<tr>
          <th scope="row"><code>${name}</code>${optional ? html` <small>optional</small>` : nothing}</th>
          <td>${component ? html`<a href="#events=type-${component}">${type}</a>` : type}</td>
          <td>${inline(description)}</td>
        </tr>`,
    ),
  );
}

/** Paragraphs and lists, with the `code` between backticks. */
function prose(text: string): readonly TemplateResult[] {
  return text
    .split(/\n(?=\* )|\n\n/)
    .map((part) => (part.startsWith("* ") ? html`<li>${inline(part.slice(2))}</li>` : html`<p>${inline(part)}</p>`));
}

/** A text with its `code` between backticks. */
function inline(text: string): readonly (string | TemplateResult)[] {
  return text.split("`").map((part, index) => (index % 2 ? html`<code>${part}</code>` : part));
}

function disconnects(all: readonly Disconnect[]): TemplateResult {
  return table(
    "Why a connection ends",
    ["Code", "Reason", "Then", "Meaning"],
    all.map(
      ({ code, reason, advice, description }) =>
        html`<tr>
          <th scope="row">${code}</th>
          <td><code>${reason}</code></td>
          <td>${advice}</td>
          <td>${description}</td>
        </tr>`,
    ),
  );
}

function table(label: string, heads: readonly string[], rows: readonly TemplateResult[]): TemplateResult {
  return html`<div class="scroll" role="region" aria-label=${label} tabindex="0">
    <table>
      <thead>
        <tr>
          ${heads.map((head) => html`<th scope="col">${head}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
