import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { FromPage, stationContext } from "../../app/contexts.ts";
import { Selected } from "../../app/selected.ts";
import { trackCount } from "../../i18n/plural.ts";
import { errorText, withReason } from "../../i18n/problems.ts";
import { numberText, percentText, sizeText } from "../../i18n/time.ts";
import { AwazElement } from "../../kit/element.ts";
import { removeIcon, uploadIcon } from "../../kit/icons.ts";
import { common, controls } from "../../kit/styles.ts";
import { userNames, userText } from "../../kit/user-text.ts";
import { AwazError } from "../../sdk/errors.ts";
import { droppedFiles, filesOfFolder, type Found } from "./audio-files.ts";
import { isOpen, shareSent, type Upload, type UploadQueue, type UploadsState } from "./upload-queue.ts";
import { failedText, skippedText, unreadableText, uploadedText } from "./upload-text.ts";
import { uploadsContext, uploadsUrl } from "./uploads-context.ts";

/** How many files are listed; of more, those that need to be seen. */
const MAX_LISTED = 12;

/** Where music is dropped or chosen, and how far each file is. */
export class UploadPanel extends AwazElement {
  static override properties = {
    isOver: { state: true },
    left: { state: true },
    unreadable: { state: true },
    unfinished: { state: true },
  };
  /** Whether files are dragged over it. */
  declare private isOver: boolean;
  /** How many files of folders were left out. */
  declare private left: number;
  /** How many files could not be read. */
  declare private unreadable: number;
  /** Files whose uploads were interrupted by a reload. */
  declare private unfinished: readonly string[];

  static override styles = [
    common,
    controls,
    css`
      .zone {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.7rem 1rem;
        padding: 1rem;
        border: 2px dashed var(--field);
        border-radius: var(--radius-row);
      }
      .over {
        border-color: var(--focus);
        background: color-mix(in srgb, var(--focus) 10%, transparent);
      }
      .zone p {
        flex: 1 1 14rem;
      }
      .zone strong {
        display: block;
      }
      button {
        gap: 0.5rem;
      }
      .all {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        align-items: center;
        gap: 0.4rem 1rem;
        margin-block-start: 0.9rem;
      }
      progress {
        inline-size: 100%;
        block-size: 0.6rem;
        grid-column: 1 / -1;
        accent-color: var(--action);
      }
      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto auto;
        align-items: center;
        gap: 0.1rem 0.6rem;
        padding-block: 0.35rem;
        border-block-start: 1px solid var(--line);
        font-size: var(--text-small);
      }
      li .bad {
        grid-column: 1 / -1;
      }
      .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .icon {
        display: grid;
        place-items: center;
        inline-size: 2.75rem;
        block-size: 2.75rem;
        border: 0;
        background: none;
        cursor: pointer;
      }
      .hint {
        margin-block-start: 0.6rem;
        font-size: var(--text-small);
      }
    `,
  ];

  /** Ends what is heard of the whole page. */
  #page: AbortController | undefined;
  readonly #uploads = new FromPage(this, uploadsContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #state = new Selected(
    this,
    () => this.#queue,
    (queue: UploadQueue): UploadsState => queue.state,
  );

  constructor() {
    super();
    this.unfinished = [];
    this.left = 0;
    this.unreadable = 0;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Wherever files are dropped: beside the zone, the browser would open them and leave the page.
    this.#page = new AbortController();
    const { signal } = this.#page;
    addEventListener("dragenter", this.#onOver, { signal });
    addEventListener("dragover", this.#onOver, { signal });
    addEventListener("dragleave", ({ relatedTarget }) => (this.isOver &&= relatedTarget !== null), { signal });
    addEventListener("drop", (event) => void this.#onDrop(event), { signal });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#page?.abort();
  }

  override firstUpdated(): void {
    void this.#findUnfinished();
  }

  override render() {
    const { uploads, isPaused } = this.#state.value ?? { uploads: [], isPaused: false };
    return html`<div class="zone ${this.isOver ? "over" : ""}" data-testid="drop">
        <p>
          <strong>${msg("Drop music here")}</strong>
          <span class="muted">${msg("MP3, AAC, M4A, Ogg, Opus, FLAC or WAV. Folders work too.")}</span>
        </p>
        <button class="primary" data-testid="choose-files" @click=${() => this.#choose("files")}>
          ${uploadIcon} ${msg("Choose files")}
        </button>
        <button class="secondary" data-testid="choose-folder" @click=${() => this.#choose("folder")}>
          ${msg("Choose a folder")}
        </button>
        <input id="files" type="file" multiple hidden aria-hidden="true" data-testid="files" @change=${this.#onFiles} />
        <input id="folder" type="file" webkitdirectory hidden aria-hidden="true" @change=${this.#onFiles} />
      </div>
      ${this.#hints()} ${uploads.length ? this.#progress(uploads, isPaused) : nothing}`;
  }

  get #queue(): UploadQueue {
    return this.#uploads.value.of(this.#station.value.slug);
  }

  #hints(): TemplateResult {
    return html`${this.left ? html`<p class="hint" role="status">${skippedText(this.left)}</p>` : nothing}
    ${
      this.unreadable
        ? html`<p class="hint bad" role="alert" data-testid="unreadable">${unreadableText(this.unreadable)}</p>`
        : nothing
    }
    ${
      this.unfinished.length
        ? html`<p class="hint" role="status" data-testid="unfinished">
            ${msg(html`Unfinished: ${userNames(this.unfinished)}. Choose the same files again to continue where they stopped.`)}
            <button class="secondary" data-testid="unfinished-dismiss" @click=${this.#dismiss}>
              ${msg("Dismiss")}
            </button>
          </p>`
        : nothing
    }`;
  }

  #progress(uploads: readonly Upload[], isPaused: boolean): TemplateResult {
    const open = uploads.filter(isOpen);
    const failed = uploads.filter(({ status }) => status === "failed");
    const done = uploads.length - open.length - failed.length;
    const share = shareSent(uploads);
    const listed = [...failed, ...open].slice(0, MAX_LISTED);
    const more = failed.length + open.length - listed.length;
    return html`<div class="all">
        <p role="status" data-testid="uploads" data-open=${open.length} data-failed=${failed.length}>
          ${open.length ? msg(str`${numberText(done)} of ${trackCount(uploads.length)} uploaded`) : uploadedText(done)}
          ${open.length ? html`<span class="muted" aria-hidden="true">${percentText(share)}</span>` : nothing}
          ${failed.length ? html`<span class="bad">${failedText(failed.length)}</span>` : nothing}
        </p>
        ${this.#mainButton(open.length > 0, isPaused)}
        ${open.length ? html`<progress max="1" .value=${share} aria-label=${msg("All uploads")}></progress>` : nothing}
      </div>
      <ul>
        ${repeat(
          listed,
          ({ id }) => id,
          (upload) => this.#upload(upload, isPaused),
        )}
      </ul>
      ${more > 0 ? html`<p class="muted">${msg(str`and ${numberText(more)} more`)}</p>` : nothing}`;
  }

  #mainButton(isOpen: boolean, isPaused: boolean): TemplateResult {
    const [text, run, testId] = !isOpen
      ? ([msg("Clear list"), () => this.#queue.clear(), "uploads-clear"] as const)
      : isPaused
        ? ([msg("Resume"), () => this.#queue.resume(), "uploads-resume"] as const)
        : ([msg("Pause"), () => this.#queue.pause(), "uploads-pause"] as const);
    return html`<button class="secondary" data-testid=${testId} @click=${run}>${text}</button>`;
  }

  #upload({ id, name, size, status, sent, problem }: Upload, isPaused: boolean): TemplateResult {
    const isFailed = status === "failed";
    return html`<li data-testid="upload" data-status=${status}>
      <span class="name">${userText(name)}</span>
      ${
        isFailed
          ? html`<button class="secondary" @click=${() => this.#queue.retry(id)}>${msg("Try again")}</button>`
          : html`<span class="muted">${isPaused ? msg("Paused") : this.#statusText(status, sent, size)}</span>`
      }
      <button class="icon" aria-label=${msg(str`Remove ${name} from the list`)} @click=${() => this.#queue.remove(id)}>
        ${removeIcon}
      </button>
      ${
        isFailed
          ? html`<span class="bad" role="alert">${refusalText(problem)}</span>`
          : html`<progress max=${size} .value=${sent} aria-label=${name}></progress>`
      }
    </li>`;
  }

  #statusText(status: Upload["status"], sent: number, size: number): string {
    if (status === "waiting") return msg("Waiting");
    if (status === "checking") return msg("Checking…");
    if (status === "interrupted") return msg("Interrupted. Trying again…");
    return msg(str`${sizeText(sent)} of ${sizeText(size)}`);
  }

  #choose(id: string): void {
    this.renderRoot.querySelector<HTMLInputElement>(`#${id}`)?.click();
  }

  readonly #onFiles = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    const files = [...(input.files ?? [])];
    this.#add(input.webkitdirectory ? filesOfFolder(files) : { files, left: 0, unreadable: 0 });
    // The same file can be chosen again.
    input.value = "";
  };

  readonly #onOver = (event: DragEvent): void => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    this.isOver = !isInDialog(event);
  };

  readonly #onDrop = async (event: DragEvent): Promise<void> => {
    if (!bringsFiles(event)) return;
    event.preventDefault();
    this.isOver = false;
    if (event.dataTransfer && !isInDialog(event)) this.#add(await droppedFiles(event.dataTransfer));
  };

  #add({ files, left, unreadable }: Found): void {
    this.left = left;
    this.unreadable = unreadable;
    const names = new Set(files.map(({ name }) => name));
    this.unfinished = this.unfinished.filter((name) => !names.has(name));
    this.#queue.add(files);
  }

  readonly #dismiss = async (): Promise<void> => {
    const names = new Set(this.unfinished);
    this.unfinished = [];
    const { forgetUnfinished } = await import("./tus.ts");
    await forgetUnfinished(uploadsUrl(this.#station.value.slug), names);
  };

  async #findUnfinished(): Promise<void> {
    const queue = this.#queue;
    const { unfinishedUploads } = await import("./tus.ts");
    const names = await unfinishedUploads(uploadsUrl(this.#station.value.slug));
    const listed = new Set(queue.state.uploads.map(({ name }) => name));
    this.unfinished = names.filter((name) => !listed.has(name));
  }
}

/** Whether files are dragged, and not over a field that takes them itself. */
function bringsFiles(event: DragEvent): boolean {
  const isField = event.composedPath().some((each) => each instanceof HTMLInputElement && each.type === "file");
  return !isField && (event.dataTransfer?.types.includes("Files") ?? false);
}

function isInDialog(event: DragEvent): boolean {
  return event.composedPath().some((each) => each instanceof HTMLDialogElement);
}

/** Why a file was refused: what is wrong with it, and not with a form. */
function refusalText(problem: unknown): string {
  const isFile = problem instanceof AwazError && problem.code === "invalid_input";
  return isFile ? withReason(msg("This file can’t be used."), problem.message) : errorText(problem);
}

customElements.define("awaz-upload-panel", UploadPanel);
