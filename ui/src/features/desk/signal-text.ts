import { msg, str } from "@lit/localize";
import { clockText, numberText } from "../../i18n/time.ts";
import type { SignalRow, SignalView, SourceState } from "../../wire/schema.ts";

/** What the pipeline levels an encoder to, in LUFS. */
const TARGET_LUFS = -16;

export function stateText(state: SourceState): string {
  const texts: Record<SourceState, string> = {
    absent: msg("Not connected"),
    connecting: msg("Connecting…"),
    preview: msg("Ready. Listeners don’t hear it yet."),
    on_air: msg("On air"),
    ending: msg("Going off air…"),
    lost: msg("Connection lost. Music plays until it is back."),
  };
  return texts[state];
}

export function rowText(row: SignalRow["row"]): string {
  const texts: Record<SignalRow["row"], string> = {
    connection: msg("Connection"),
    format: msg("Format"),
    bitrate: msg("Bitrate"),
    sample_rate: msg("Sample rate"),
    channels: msg("Channels"),
    level: msg("Loudness"),
    clipping: msg("Peaks"),
    silence: msg("Sound"),
    titles: msg("Titles"),
    delay: msg("Delay"),
  };
  return texts[row];
}

/** What is found, in words where the server has words. */
export function actualText({ row, state, actual }: SignalRow): string {
  if (state === "waiting" && row !== "connection") return "–";
  if (row === "connection") return connectionText(state);
  if (row === "silence") {
    return state === "ok" ? msg("Heard") : msg(str`Silent for ${clockText(Number.parseInt(actual, 10) * 1000)}`);
  }
  const words: Partial<Record<string, string>> = {
    mono: msg("Mono"),
    stereo: msg("Stereo"),
    garbled: msg("Garbled"),
  };
  return words[actual] ?? actual;
}

function connectionText(state: SignalRow["state"]): string {
  if (state === "bad") return msg("Interrupted");
  return state === "ok" ? msg("Connected") : msg("Connecting…");
}

/** What to do about a check that is not as it should be; undefined if nothing is to be done. */
export function hintText(
  { row, state }: SignalRow,
  { lufs, source }: Pick<SignalView, "lufs" | "source">,
): string | undefined {
  if (state !== "warn" && state !== "bad") return undefined;
  const isBrowser = source.kind === "browser";
  const away = numberText(Math.abs(Math.round((lufs ?? TARGET_LUFS) - TARGET_LUFS)));
  const texts: Record<SignalRow["row"], string | undefined> = {
    connection: isBrowser
      ? msg("Nothing arrives. Connect the microphone again.")
      : msg("Nothing arrives. Check the encoder and its connection."),
    format: msg("Choose MP3, AAC or Ogg in your encoder."),
    bitrate: msg("Set your encoder to 128 kbit/s."),
    sample_rate: msg("Set your encoder to 44,100 Hz."),
    channels: msg("Set your encoder to stereo."),
    level:
      (lufs ?? TARGET_LUFS) < TARGET_LUFS
        ? msg(str`Too quiet: turn it up by about ${away} dB.`)
        : msg(str`Too loud: turn it down by about ${away} dB.`),
    clipping: isBrowser
      ? msg("The sound is distorted: turn the microphone down.")
      : msg("The sound is distorted: turn it down before the encoder."),
    silence: isBrowser
      ? msg("No sound: is the microphone muted?")
      : msg("No sound: check the input that your encoder uses."),
    titles: msg("Set the character set of your encoder’s titles to UTF-8."),
    delay: msg("Listeners hear the host that much later than usual: the connection is slow, or was interrupted."),
  };
  return texts[row];
}
