import { html, nothing, type TemplateResult } from "lit";
import { fieldsOf, nameOf, type Components, type Schema } from "./schema-text.ts";
import { entriesOf, type AsyncApi, type Disconnect, type Entry } from "./socket-reference.ts";

/** The events of a socket, both ways, and why a connection ends. */
export function socketReference(document: AsyncApi): TemplateResult {
  const { schemas } = document.components;
  const channel = document.channels.socket;
  return html`<div class="events">
    <p class="note">${inline(document.info.description)}</p>
    ${contents(document)}
    <h2>Connecting</h2>
    ${prose(channel.description)} ${typeCard(nameOf(channel["x-connect"].auth) ?? "", schemas)}
    ${typeCard(nameOf(channel["x-connect"].refused) ?? "", schemas)}
    <h2>Requests</h2>
    ${entriesOf(document, "receive").map((entry) => entryCard(entry, schemas))}
    <h2>Events</h2>
    ${entriesOf(document, "send").map((entry) => entryCard(entry, schemas))}
    <h2>How events are delivered</h2>
    ${definitions(channel["x-deliveries"])}
    <p>The audience of an event is one or more of these:</p>
    ${definitions(channel["x-audiences"])}
    <p>A client that comes back soon enough is sent what it missed of a log:</p>
    <ul>
      ${Object.entries(channel["x-logs"]).map(
        ([name, { events, seconds }]) =>
          html`<li><code>${name}</code>: the newest ${events} events of the last ${seconds / 60} minutes.</li>`,
      )}
    </ul>
    <h2>Why a connection ends</h2>
    ${disconnects(channel["x-disconnects"])} ${definitions(channel["x-advice"])}
    <h2>Types</h2>
    ${typesOf(document).map((name) => typeCard(name, schemas))}
  </div>`;
}

/** The components with a part of their own; requests, acks and events have theirs above. */
function typesOf(document: AsyncApi): string[] {
  const { schemas } = document.components;
  const shown = new Set([
    ...[...entriesOf(document, "receive"), ...entriesOf(document, "send")].map(({ payload }) => nameOf(payload)),
    ...Object.values(document.channels.socket["x-connect"]).map(nameOf),
  ]);
  return Object.keys(schemas).filter((name) => {
    const { properties, allOf, oneOf, enum: choices } = schemas[name] ?? {};
    return !shown.has(name) && !/(Message|Ack|Done)$/.test(name) && (properties ?? allOf ?? oneOf ?? choices);
  });
}

function contents(document: AsyncApi): TemplateResult {
  const groups = [
    ["Requests", entriesOf(document, "receive").map(({ name }) => [name, `event-${name}`])],
    ["Events", entriesOf(document, "send").map(({ name }) => [name, `event-${name}`])],
    ["Types", typesOf(document).map((name) => [name, `type-${name}`])],
  ] as const;
  return html`<nav class="contents" aria-label="Contents">
    ${groups.map(
      ([title, links]) =>
        html`<details ?open=${title !== "Types"}>
          <summary>${title}</summary>
          <p>${links.map(([name, id]) => html`<a href="/docs/events#${id}"><code>${name}</code></a> `)}</p>
        </details>`,
    )}
  </nav>`;
}

function definitions(meanings: Readonly<Record<string, string>>): TemplateResult {
  return html`<dl>
    ${Object.entries(meanings).map(
      ([name, meaning]) =>
        html`<dt><code>${name}</code></dt>
          <dd>${inline(meaning)}</dd>`,
    )}
  </dl>`;
}

function typeCard(name: string, schemas: Components): TemplateResult {
  const schema = schemas[name] ?? {};
  return html`<section class="card" id="type-${name}">
    <h3><code>${name}</code></h3>
    ${prose(schema.description ?? "")} ${schema.enum ? nothing : fieldTable(`Fields of ${name}`, schema, schemas)}
  </section>`;
}

function entryCard(entry: Entry, schemas: Components): TemplateResult {
  return html`<section class="card" id="event-${entry.name}" data-testid="event-${entry.name}">
    <h3><code>${entry.name}</code></h3>
    ${prose(entry.description)} ${entry.use ? prose(entry.use) : nothing}
    <p class="facts">${entry.facts.map(([name, value]) => html`<span>${name}: <code>${value}</code></span>`)}</p>
    ${fieldTable(`Fields of ${entry.name}`, entry.payload, schemas)}
    ${
      entry.answer
        ? html`<h4>Answer</h4>
            ${fieldTable(`Fields of the answer to ${entry.name}`, entry.answer, schemas)}`
        : nothing
    }
    <details>
      <summary>Example</summary>
      <pre tabindex="0">${JSON.stringify(entry.example, undefined, 2)}</pre>
      ${
        entry.answer
          ? html`<p>Its answer:</p>
              <pre tabindex="0">${JSON.stringify(entry.exampleAnswer, undefined, 2)}</pre>`
          : nothing
      }
    </details>
  </section>`;
}

function fieldTable(label: string, schema: Schema, schemas: Components): TemplateResult {
  const fields = fieldsOf(schema, schemas);
  if (!fields.length) return html`<p class="muted">No fields.</p>`;
  return table(
    label,
    ["Field", "Type", "Meaning"],
    fields.map(
      ({ name, type, component, optional, description }) =>
        html`<tr>
          <th scope="row"><code>${name}</code>${optional ? html` <small>optional</small>` : nothing}</th>
          <td>${component ? html`<a href="/docs/events#type-${component}">${type}</a>` : type}</td>
          <td>${inline(description)}</td>
        </tr>`,
    ),
  );
}

/** Paragraphs, each with the list that follows it, and the `code` between backticks. */
function prose(text: string): readonly TemplateResult[] {
  return text.split("\n\n").map((part) => {
    const [paragraph = "", ...items] = part.split("\n* ");
    const list = html`<ul>
      ${items.map((item) => html`<li>${inline(item)}</li>`)}
    </ul>`;
    return html`<p>${inline(paragraph)}</p>
      ${items.length ? list : nothing}`;
  });
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
