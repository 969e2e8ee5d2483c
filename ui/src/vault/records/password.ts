// Passwords that nobody has thought of.

/** No letters that are taken for one another. */
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789-_.!';
const LENGTH = 20;

/** A password of random bytes, of which there have to be enough: each letter is as likely as any other. */
export const passwordOf = (random: Uint8Array): string => {
  // A byte above the last whole round would make some letters likelier.
  const fair = [...random].filter((byte) => byte < 256 - (256 % LETTERS.length));
  if (fair.length < LENGTH) throw new Error('too few random bytes');
  return fair
    .slice(0, LENGTH)
    .map((byte) => LETTERS[byte % LETTERS.length])
    .join('');
};
