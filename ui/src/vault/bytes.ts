// Bytes as texts, and texts as bytes.

/** Bytes as base64url without padding. */
export const toBase64Url = (bytes: Uint8Array): string => {
  let text = '';
  // In parts: a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 8192)
    text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};

/** The bytes of a base64url text. */
export const fromBase64Url = (text: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) =>
    character.charCodeAt(0),
  );

/** A name, then each part with its length, so that no two lists of parts are the same bytes. */
export const joined = (name: string, parts: string[]): Uint8Array<ArrayBuffer> => {
  const encoder = new TextEncoder();
  const [start, encoded] = [encoder.encode(name), parts.map((part) => encoder.encode(part))];
  const bytes = new Uint8Array(start.length + encoded.reduce((sum, part) => sum + 4 + part.length, 0));
  bytes.set(start);
  let at = start.length;
  for (const part of encoded) {
    new DataView(bytes.buffer).setUint32(at, part.length);
    bytes.set(part, at + 4);
    at += 4 + part.length;
  }
  return bytes;
};
