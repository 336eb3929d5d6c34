import { AAC_RATES, joined, SAMPLES, type Format, type Header } from "./frames.ts";

/** Fragmented MP4 (ISO/IEC 14496-12): one audio track, in which each frame's time is its number times its samples. */

const ADTS_BYTES = 7;
const CRC_BYTES = 2;
/** MPEG-4 object type indications (ISO/IEC 14496-1, 7.2.6.6): AAC, MPEG-1 Layer III. */
const OBJECT_TYPE: Record<Format, number> = { aac: 0x40, mp3: 0x6b };
const TRACK = 1;
/** The unit matrix, with which nothing is shown differently. */
const MATRIX = [0x00010000, 0, 0, 0, 0x00010000, 0, 0, 0, 0x40000000];

/** The beginning of a file whose frames are as a header says. */
export function initSegment(format: Format, header: Header): Uint8Array<ArrayBuffer> {
  const rate = header.rateHz;
  const mvhd = full(
    "mvhd",
    0,
    0,
    u32(0, 0, rate, 0, 0x00010000),
    u16(0x0100, 0),
    u32(0, 0, ...MATRIX),
    zeros(24),
    u32(2),
  );
  const tkhd = full("tkhd", 0, 7, u32(0, 0, TRACK, 0, 0, 0, 0), u16(0, 0, 0x0100, 0), u32(...MATRIX, 0, 0));
  const mdhd = full("mdhd", 0, 0, u32(0, 0, rate, 0), u16(0x55c4, 0));
  const hdlr = full("hdlr", 0, 0, u32(0), text("soun"), zeros(13));
  const dref = full("dref", 0, 0, u32(1), full("url ", 0, 1));
  const empty = ["stts", "stsc", "stco"].map((name) => full(name, 0, 0, u32(0)));
  const stbl = box(
    "stbl",
    full("stsd", 0, 0, u32(1), sampleEntry(format, header)),
    ...empty,
    full("stsz", 0, 0, u32(0, 0)),
  );
  const minf = box("minf", full("smhd", 0, 0, u32(0)), box("dinf", dref), stbl);
  const trex = full("trex", 0, 0, u32(TRACK, 1, SAMPLES[format], 0, 0));
  const trak = box("trak", tkhd, box("mdia", mdhd, hdlr, minf));
  return joined(box("ftyp", text("iso5"), u32(512), text("iso5mp41")), box("moov", mvhd, trak, box("mvex", trex)));
}

/** Frames of the stream from the number `first` on; `sequence` rises from fragment to fragment. */
export function fragment(
  format: Format,
  sequence: number,
  first: number,
  frames: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const bodies = frames.map((frame) => (format === "aac" ? withoutHeader(frame) : frame));
  const moof = (dataAt: number) => {
    const tfhd = full("tfhd", 0, 0x020000, u32(TRACK));
    const at = first * SAMPLES[format];
    const tfdt = full("tfdt", 1, 0, u32(Math.floor(at / 2 ** 32), at % 2 ** 32));
    const trun = full("trun", 0, 0x000201, u32(bodies.length, dataAt), u32(...bodies.map(({ length }) => length)));
    return box("moof", full("mfhd", 0, 0, u32(sequence)), box("traf", tfhd, tfdt, trun));
  };
  const size = moof(0).length;
  return joined(moof(size + 8), box("mdat", ...bodies));
}

function withoutHeader(frame: Uint8Array): Uint8Array {
  return frame.subarray(frame[1]! & 1 ? ADTS_BYTES : ADTS_BYTES + CRC_BYTES);
}

function sampleEntry(format: Format, header: Header): Uint8Array {
  const config = format === "aac" ? descriptor(5, u16(audioConfig(header))) : new Uint8Array();
  // Its stream type is audio (ISO/IEC 14496-1, 7.2.6.6).
  const decoder = descriptor(4, bytes(OBJECT_TYPE[format], 0x15, 0, 0, 0), u32(0, 0), config);
  const esds = full("esds", 0, 0, descriptor(3, u16(0), bytes(0), decoder, descriptor(6, bytes(2))));
  const audio = [zeros(6), u16(1), u32(0, 0), u16(header.channels, 16, 0, 0, header.rateHz, 0)];
  return box("mp4a", ...audio, esds);
}

/** An AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1). */
function audioConfig({ objectType, rateHz, channels }: Header): number {
  return (objectType << 11) | (AAC_RATES.indexOf(rateHz) << 7) | (channels << 3);
}

function descriptor(tag: number, ...parts: Uint8Array[]): Uint8Array {
  const content = joined(...parts);
  return joined(bytes(tag, content.length), content);
}

function box(name: string, ...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = joined(...parts);
  return joined(u32(content.length + 8), text(name), content);
}

function full(name: string, version: number, flags: number, ...parts: Uint8Array[]): Uint8Array {
  return box(name, u32((version << 24) | flags), ...parts);
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values);
}

function u16(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >>> 8, value]));
}

function u32(...values: number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >>> 24, value >>> 16, value >>> 8, value]));
}

function text(ascii: string): Uint8Array {
  return new TextEncoder().encode(ascii);
}

function zeros(count: number): Uint8Array {
  return new Uint8Array(count);
}
