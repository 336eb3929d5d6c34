import { msg, str } from "@lit/localize";
import { css, html, nothing, type TemplateResult } from "lit";
import { FromPage, sessionContext, stationContext } from "../../app/contexts.ts";
import { errorText } from "../../i18n/problems.ts";
import { numberText } from "../../i18n/time.ts";
import { Action } from "../../kit/action.ts";
import { AwazElement } from "../../kit/element.ts";
import { formValues } from "../../kit/form.ts";
import { levelMeter, levelMeterStyles } from "../../kit/level-meter.ts";
import { PeriodicUpdate } from "../../kit/periodic-update.ts";
import { common, controls } from "../../kit/styles.ts";
import { AwazError } from "../../sdk/errors.ts";
import { MicrophoneBroadcast } from "./broadcast.ts";
import { LevelMeter } from "./level.ts";
import { Mixer } from "./mixer.ts";

type Mode = "voice" | "music";
const BITS: Record<Mode, number> = { voice: 96_000, music: 160_000 };
/** From here on, listeners hear the line. */
const SLOW_LINE_MS = 1_500;

/**
 * Broadcasts from the browser's microphone: a source like an encoder, which goes on air from the desk.
 * @fires connected - the microphone is on its way to the desk
 */
export class Microphone extends AwazElement {
  static override properties = { devices: { state: true }, muted: { state: true }, unplugged: { state: true } };
  declare private devices: readonly MediaDeviceInfo[];
  declare private muted: boolean;
  /** Whether the system has taken the microphone away. */
  declare private unplugged: boolean;

  static override styles = [
    common,
    controls,
    levelMeterStyles,
    css`
      fieldset {
        display: flex;
        flex-wrap: wrap;
        gap: 0.3rem 1.2rem;
        margin: 0;
        padding: 0;
        border: 0;
      }
      meter {
        margin-block: 0.4rem;
      }
      audio {
        inline-size: 100%;
      }
      label:has([type="file"]) {
        margin-block-start: 0.9rem;
      }
      .act {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0.6rem 0.9rem;
        margin-block-start: 0.6rem;
      }
      .warn {
        color: var(--warn);
        font-weight: 650;
      }
    `,
  ];

  readonly #session = new FromPage(this, sessionContext);
  readonly #station = new FromPage(this, stationContext);
  readonly #action = new Action(this);
  #broadcast: MicrophoneBroadcast | undefined;
  #stream: MediaStream | undefined;
  #mixer: Mixer | undefined;
  #meter: LevelMeter | undefined;
  #wakeLock: WakeLockSentinel | undefined;

  constructor() {
    super();
    this.devices = [];
    this.muted = false;
    this.unplugged = false;
    new PeriodicUpdate(this, 100, () => this.#meter && this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#end();
  }

  override render() {
    if (!navigator.mediaDevices) {
      return html`<p class="muted" data-testid="microphone-unavailable">
        ${msg("Browsers give pages the microphone over https only. Open the studio at its https address.")}
      </p>`;
    }
    const broadcast = this.#broadcast;
    if (broadcast && broadcast.state !== "ended") return this.#connected(broadcast);
    const problem = broadcast?.error ? errorText(broadcast.error) : this.#action.problem;
    return html`<form @submit=${this.#connect}>
      <fieldset>
        <legend>${msg("What are you sending?")}</legend>
        <label class="check"><input type="radio" name="mode" value="voice" checked /> ${msg("Voice")}</label>
        <label class="check"><input type="radio" name="mode" value="music" /> ${msg("Music")}</label>
      </fieldset>
      ${this.#deviceField()}
      <div class="form-actions">
        <button class="primary" data-testid="microphone-connect" ?disabled=${this.#action.busy}>
          ${msg("Connect the microphone")}
        </button>
        <span class="bad" role="alert" data-testid="microphone-problem">${problem}</span>
      </div>
    </form>`;
  }

  /** Browsers name devices once the microphone was allowed. */
  #deviceField(): TemplateResult | typeof nothing {
    const named = this.devices.filter(({ label }) => label !== "");
    if (named.length < 2) return nothing;
    return html`<label>
      ${msg("Microphone")}
      <select name="device">
        ${named.map(({ deviceId, label }) => html`<option value=${deviceId}>${label}</option>`)}
      </select>
    </label>`;
  }

  #connected(broadcast: MicrophoneBroadcast): TemplateResult {
    return html`<div data-testid="microphone" data-line=${broadcast.state}>
      <p role="status">${this.#lineText(broadcast)}</p>
      ${levelMeter(msg("Microphone level"), this.#meter?.db)} ${this.#silenced()}
      <div class="act">
        <button class="secondary" data-testid="mute" aria-pressed=${this.muted} @click=${this.#mute}>
          ${this.muted ? msg("Unmute") : msg("Mute")}
        </button>
        ${this.#tabButton()}
        <button class="secondary" data-testid="microphone-disconnect" @click=${this.#end}>
          ${msg("Disconnect the microphone")}
        </button>
      </div>
      <label>
        ${msg("Play a file with it")}
        <span class="hint">${msg("Wear headphones, or the microphone hears it, too.")}</span>
        <input type="file" accept="audio/*" data-testid="mix-file" @change=${this.#onFile} />
      </label>
      ${this.#mixer?.file}
      <p class="bad" role="alert">${this.#action.problem}</p>
    </div>`;
  }

  /** Why the system lets nothing through. */
  #silenced(): TemplateResult | typeof nothing {
    if (this.#mixer?.isStopped) {
      return html`<p class="warn" role="alert">${msg("Your system has paused the audio.")}</p>
        <button class="secondary" @click=${() => this.#mixer?.resume()}>${msg("Resume")}</button>`;
    }
    if (!this.unplugged) return nothing;
    return html`<p class="warn" role="alert">${msg("Your system has muted the microphone.")}</p>`;
  }

  /** Only some browsers give a page the sound of another tab. */
  #tabButton(): TemplateResult | typeof nothing {
    if (!("getDisplayMedia" in navigator.mediaDevices)) return nothing;
    return this.#mixer?.hasTab
      ? html`<button class="secondary" @click=${this.#removeTab}>${msg("Stop the tab’s sound")}</button>`
      : html`<button class="secondary" data-testid="mix-tab" @click=${this.#addTab}>
          ${msg("Add a tab’s sound")}
        </button>`;
  }

  readonly #onFile = async ({ target }: Event): Promise<void> => {
    const [file] = (target as HTMLInputElement).files ?? [];
    if (file) await this.#action.run(() => this.#play(file));
  };

  async #play(file: File): Promise<void> {
    try {
      await this.#mixer?.playFile(file);
    } catch {
      const message = msg("Your browser can’t play this file.");
      throw new AwazError({ code: "unplayable", message, retryable: false });
    }
  }

  readonly #addTab = async (): Promise<void> => {
    await this.#action.run(async () => this.#mixer?.addTab(await tabSound(), this.#removeTab));
  };

  readonly #removeTab = (): void => {
    this.#mixer?.removeTab();
    this.requestUpdate();
  };

  #lineText(broadcast: MicrophoneBroadcast): string {
    if (broadcast.state === "connecting") return msg("Connecting…");
    if (broadcast.state === "interrupted") return interruptedText(broadcast.keepsWords);
    if (this.muted) return msg("Your microphone is muted.");
    if (broadcast.delayMs < SLOW_LINE_MS) return msg("Your microphone is connected.");
    const seconds = numberText(Math.round(broadcast.delayMs / 1000));
    return msg(str`Listeners hear you ${seconds} s later than usual: the connection is slow, or was interrupted.`);
  }

  readonly #connect = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const { mode, device } = formValues(event.target as HTMLFormElement);
    const isVoice = mode !== "music";
    await this.#action.run(async () => {
      const stream = await open(isVoice, device);
      this.devices = await inputs();
      this.#begin(stream, BITS[isVoice ? "voice" : "music"]);
      this.dispatchEvent(new Event("connected"));
    });
  };

  #begin(stream: MediaStream, bits: number): void {
    this.#stream = stream;
    this.#mixer = new Mixer(stream, () => this.requestUpdate());
    this.#meter = new LevelMeter(this.#mixer.stream);
    this.muted = false;
    this.unplugged = false;
    const [track] = stream.getAudioTracks();
    track?.addEventListener("mute", () => (this.unplugged = true));
    track?.addEventListener("unmute", () => (this.unplugged = false));
    track?.addEventListener("ended", () => (this.unplugged = true));
    const { slug } = this.#station.value;
    this.#broadcast = new MicrophoneBroadcast(slug, this.#session.value, this.#mixer.stream, bits, () =>
      this.#onLine(),
    );
    addEventListener("beforeunload", this.#beforeUnload);
    document.addEventListener("visibilitychange", this.#keepAwake);
    this.#keepAwake();
  }

  #onLine(): void {
    if (this.#broadcast?.state === "ended") this.#release();
    this.requestUpdate();
  }

  readonly #mute = (): void => {
    this.muted = !this.muted;
    for (const track of this.#stream?.getAudioTracks() ?? []) track.enabled = !this.muted;
    if (this.#mixer) this.#mixer.muted = this.muted;
  };

  readonly #end = (): void => this.#broadcast?.end();

  #release(): void {
    this.#meter?.close();
    this.#mixer?.close();
    this.#stream?.getTracks().forEach((track) => track.stop());
    this.#wakeLock?.release().catch(reportError);
    this.#meter = this.#mixer = this.#stream = this.#wakeLock = undefined;
    removeEventListener("beforeunload", this.#beforeUnload);
    document.removeEventListener("visibilitychange", this.#keepAwake);
  }

  readonly #beforeUnload = (event: BeforeUnloadEvent): void => event.preventDefault();

  /** A phone that locks its screen takes the microphone away; a lock of the page ends when the page is hidden. */
  readonly #keepAwake = (): void => {
    if (document.visibilityState !== "visible") return;
    this.#mixer?.resume();
    // The battery may be low, or the browser may not have it: the broadcast goes on as long as the screen does.
    navigator.wakeLock?.request("screen").then(
      (lock) => (this.#wakeLock = lock),
      () => undefined,
    );
  };
}

function interruptedText(keepsWords: boolean): string {
  return keepsWords
    ? msg("The connection is interrupted. If you are on air, go on speaking: you are heard when it is back.")
    : msg("The connection is interrupted. It is being restored…");
}

/** Open a microphone: for a voice with what browsers do to clean it, and for music as it is. */
async function open(isVoice: boolean, deviceId: string | undefined): Promise<MediaStream> {
  const audio = {
    echoCancellation: isVoice,
    noiseSuppression: isVoice,
    autoGainControl: isVoice,
    channelCount: isVoice ? 1 : 2,
    ...(deviceId !== undefined && { deviceId: { exact: deviceId } }),
  };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    const isForbidden = error instanceof DOMException && error.name === "NotAllowedError";
    const message = isForbidden
      ? msg("Your browser doesn’t allow this page to use the microphone. Allow it in the address bar.")
      : msg("No microphone was found, or another program is using it.");
    throw new AwazError({ code: "microphone", message, retryable: false });
  }
}

/** Ask for the sound of a tab; a browser shares its picture, too, which is not used. */
async function tabSound(): Promise<MediaStream> {
  let shared: MediaStream;
  try {
    shared = await navigator.mediaDevices.getDisplayMedia({ audio: true, video: true });
  } catch {
    throw new AwazError({ code: "tab", message: msg("No tab was shared."), retryable: false });
  }
  shared.getVideoTracks().forEach((track) => track.stop());
  if (shared.getAudioTracks().length) return shared;
  const message = msg("What you shared has no sound. Choose a tab, and tick the box for its sound.");
  throw new AwazError({ code: "tab", message, retryable: false });
}

async function inputs(): Promise<MediaDeviceInfo[]> {
  return (await navigator.mediaDevices.enumerateDevices()).filter(({ kind }) => kind === "audioinput");
}

customElements.define("awaz-microphone", Microphone);
