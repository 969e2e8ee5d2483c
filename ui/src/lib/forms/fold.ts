// Japanese input methods leave full-width characters behind. In hosts, ports and addresses they are never meant.
const FIRST = 0xff01;
const LAST = 0xff5e;
const TO_ASCII = 0xfee0;
const OTHERS: Record<string, string> = {
  '\u3000': ' ',
  '\u3002': '.',
  '\uff61': '.',
  '\u30fc': '-',
  '\uff70': '-',
  '\u2010': '-',
  '\u2011': '-',
  '\u2012': '-',
  '\u2013': '-',
  '\u2014': '-',
  '\u2015': '-',
  '\u2212': '-',
};

const one = (character: string): string => {
  const code = character.charCodeAt(0);
  if (code >= FIRST && code <= LAST) return String.fromCharCode(code - TO_ASCII);
  return OTHERS[character] ?? character;
};

/** A host, a port or an IP address in ASCII, without spaces around it. */
export const fold = (text: string): string => Array.from(text, one).join('').trim();

/** Whether folding changes more than the spaces around it: then the administrator is told. */
export const isFolded = (text: string): boolean => fold(text) !== text.trim();
