// Base64 with padding, for attachments inside FHIR resources. Source: RFC 4648, section 4.
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.byteLength; i += 3) {
    const [a = 0, b, c] = bytes.subarray(i, i + 3);
    const bits = (a << 16) | ((b ?? 0) << 8) | (c ?? 0);
    text += ALPHABET.charAt(bits >> 18) + ALPHABET.charAt((bits >> 12) & 63);
    text += b === undefined ? '=' : ALPHABET.charAt((bits >> 6) & 63);
    text += c === undefined ? '=' : ALPHABET.charAt(bits & 63);
  }
  return text;
}

/** The bytes, or null where the text is not Base64 with padding. */
export function fromBase64(text: string): Uint8Array | null {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/u.test(text)) return null;
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  for (let i = 0, at = 0; i < text.length; i += 4) {
    let bits = 0;
    for (const letter of text.slice(i, i + 4)) bits = (bits << 6) | Math.max(0, ALPHABET.indexOf(letter));
    for (const shift of [16, 8, 0]) if (at < bytes.byteLength) bytes[at++] = (bits >> shift) & 255;
  }
  return bytes;
}
