// Small pictures made byte by byte, with the metadata that cameras and programs write: place, device, thumbnail, comment, time, XMP. No
// picture of anybody.
import { deflateSync } from 'node:zlib';

const bytesOf = (...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...Buffer.from(part, 'latin1')] : [...part])));

/** Words that stand in the metadata of every picture below: none may be left. */
export const TRACES = ['GPS 47.37 N 8.54 E', 'CameraMaker', 'ns.adobe.com/xap', 'a comment', 'second picture', 'trailer'] as const;

/** A TIFF structure with an orientation and a description. */
export function tiff(orientation: number, little: boolean): Uint8Array {
  const u16 = (value: number): number[] => (little ? [value & 255, value >> 8] : [value >> 8, value & 255]);
  const u32 = (value: number): number[] => (little ? [...u16(value & 0xffff), ...u16(value >> 16)] : [...u16(value >> 16), ...u16(value & 0xffff)]);
  const text = `${TRACES[0]} ${TRACES[1]}\0`;
  const entries = [
    [...u16(0x010e), ...u16(2), ...u32(text.length), ...u32(8 + 2 + 24 + 4)],
    [...u16(0x0112), ...u16(3), ...u32(1), ...u16(orientation), 0, 0],
  ];
  return bytesOf(little ? 'II' : 'MM', u16(42), u32(8), u16(2), ...entries, u32(0), text);
}

function segment(marker: number, ...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array {
  const body = bytesOf(...parts);
  return bytesOf([0xff, marker, (body.length + 2) >> 8, (body.length + 2) & 255], body);
}

/** Segments that decoders need, the compressed data with stuffed and restart markers among them. */
const PICTURE = [
  segment(0xdb, [0, ...Array.from({ length: 64 }, () => 1)]),
  segment(0xc2, [8, 0, 1, 0, 1, 1, 1, 0x11, 0]),
  segment(0xc4, [0, 1, ...Array.from({ length: 15 }, () => 0), 7]),
  segment(0xda, [1, 1, 0, 0, 63, 0]),
  bytesOf([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56]),
  segment(0xc4, [1, 1, ...Array.from({ length: 15 }, () => 0), 7]),
  segment(0xda, [1, 1, 0, 0, 63, 1]),
  bytesOf([0x78, 0xff, 0x00]),
] as const;
const COLOUR = [segment(0xe2, 'ICC_PROFILE\0', [1, 1], 'profile'), segment(0xee, 'Adobe', [0, 100, 0, 0, 0, 0, 1])] as const;

export function jpeg(orientation = 6): { readonly photo: Uint8Array; readonly clean: Uint8Array } {
  const [dqt, sof, dht, sos, scan, dht2, sos2, scan2] = PICTURE;
  const jfif = (thumbnail: readonly number[]): Uint8Array => segment(0xe0, 'JFIF\0', [1, 2, 0, 0, 72, 0, 72], thumbnail);
  const small = Uint8Array.of(
    ...[0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0],
    ...[orientation, 0, 0, 0, 0, 0, 0, 0],
  );
  const photo = bytesOf(
    [0xff, 0xd8],
    jfif([1, 1, 9, 9, 9]),
    segment(0xe1, 'Exif\0\0', tiff(orientation, false)),
    segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>'),
    segment(0xed, `Photoshop 3.0\0 ${TRACES[1]}`),
    segment(0xe2, 'MPF\0', TRACES[4]),
    ...COLOUR,
    segment(0xfe, TRACES[3]),
    dqt,
    sof,
    dht,
    [0xff],
    sos,
    scan,
    segment(0xe5, TRACES[1]),
    dht2,
    sos2,
    scan2,
    [0xff, 0xd9],
    [0xff, 0xd8],
    segment(0xe1, 'Exif\0\0', tiff(3, true)),
    TRACES[4],
    TRACES[5],
  );
  const exif = orientation === 1 ? [] : [segment(0xe1, 'Exif\0\0', small)];
  const clean = bytesOf([0xff, 0xd8], jfif([0, 0]), ...exif, ...COLOUR, dqt, sof, dht, sos, scan, dht2, sos2, scan2, [0xff, 0xd9]);
  return { photo, clean };
}

function crc(bytes: Uint8Array): number[] {
  let sum = 0xffff_ffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (0xedb8_8320 & -(sum & 1));
  }
  const value = (sum ^ 0xffff_ffff) >>> 0;
  return [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
}

function chunk(name: string, ...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array {
  const body = bytesOf(...parts);
  const named = bytesOf(name, body);
  return bytesOf([0, 0, body.length >> 8, body.length & 255], named, crc(named));
}

/** One pixel, red. A browser shows it. */
export function png(orientation = 6): { readonly photo: Uint8Array; readonly clean: Uint8Array } {
  const head = [0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10];
  const ihdr = chunk('IHDR', [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0]);
  const idat = chunk('IDAT', deflateSync(Uint8Array.of(0, 255, 0, 0)));
  const gama = chunk('gAMA', [0, 0, 0xb1, 0x8f]);
  const iend = chunk('IEND');
  const photo = bytesOf(
    head,
    ihdr,
    gama,
    chunk('eXIf', tiff(orientation, true)),
    chunk('tEXt', `Comment\0${TRACES[3]}`),
    chunk('iTXt', 'XML:com.adobe.xmp\0\0\0\0\0ns.adobe.com/xap'),
    chunk('tIME', [7, 234, 1, 1, 1, 1, 1]),
    chunk('prVt', TRACES[1]),
    idat,
    iend,
    TRACES[5],
  );
  const small = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0);
  const exif = orientation === 1 ? [] : [chunk('eXIf', small)];
  return { photo, clean: bytesOf(head, ihdr, gama, ...exif, idat, iend) };
}

function riff(...chunks: readonly Uint8Array[]): Uint8Array {
  const body = bytesOf('WEBP', ...chunks);
  return bytesOf('RIFF', [body.length & 255, body.length >> 8, 0, 0], body);
}

function part(name: string, ...parts: readonly (string | readonly number[] | Uint8Array)[]): Uint8Array {
  const body = bytesOf(...parts);
  return bytesOf(name, [body.length & 255, body.length >> 8, 0, 0], body, body.length % 2 === 0 ? [] : [0]);
}

export function webp(orientation = 6): { readonly photo: Uint8Array; readonly clean: Uint8Array } {
  const head = (flags: number): Uint8Array => part('VP8X', [flags, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
  const picture = part('VP8 ', [1, 2, 3, 4, 5]);
  const colour = part('ICCP', 'profile');
  const exif = part('EXIF', 'Exif\0\0', tiff(orientation, true));
  const others = [part('XMP ', 'ns.adobe.com/xap'), part('maKr', TRACES[1])];
  const photo = bytesOf(riff(head(0x2c), colour, picture, exif, ...others), TRACES[5]);
  const small = Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0);
  const clean = orientation === 1 ? riff(head(0x20), colour, picture) : riff(head(0x28), colour, picture, part('EXIF', small));
  return { photo, clean };
}
