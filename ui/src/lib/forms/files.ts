import type { DroppedFile } from '../backend/types/DroppedFile';

const read = <T>(how: (reader: FileReader) => void, take: (result: unknown) => T): Promise<T> =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(take(reader.result));
    reader.onerror = () => reject(reader.error);
    how(reader);
  });

/** A file's name and its bytes, base64. */
export const asDropped = async (file: File): Promise<DroppedFile> => {
  const url = await read((reader) => reader.readAsDataURL(file), String);
  return { name: file.name, bytes: url.slice(url.indexOf(',') + 1) };
};

/** A file's text: UTF-8, or UTF-16 where it says so at its beginning. */
export const asText = async (file: File): Promise<string> => {
  const buffer = await read(
    (reader) => reader.readAsArrayBuffer(file),
    (result) => result as ArrayBuffer,
  );
  const [first, second] = new Uint8Array(buffer);
  const utf16 = first === 0xff && second === 0xfe ? 'utf-16le' : 'utf-16be';
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  return new TextDecoder(marked ? utf16 : 'utf-8').decode(buffer);
};
