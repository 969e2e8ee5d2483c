// What of a record is shown, in which order, and what of it is secret.
import type { Content } from './record';

/** A line of a record. */
export interface Line {
  /** Tells it apart within the record. */
  name: string;
  kind:
    | 'username'
    | 'password'
    | 'address'
    | 'totp'
    | 'holder'
    | 'number'
    | 'expires'
    | 'code'
    | 'folder'
    | 'notes'
    | 'field';
  /** What the user has called it. */
  label?: string;
  value: string;
  secret: boolean;
}

const SECRET = new Set<Line['kind']>(['password', 'number', 'code']);

/** The lines of a record that have something in them. */
export const linesOf = (content: Content): Line[] => {
  const line = (kind: Line['kind'], value: string, name: string = kind): Line => ({
    name,
    kind,
    value,
    secret: SECRET.has(kind),
  });
  const own = (): Line[] => {
    switch (content.type) {
      case 'login':
        return [
          line('username', content.username),
          line('password', content.password),
          line('totp', content.totp),
          ...content.addresses.map((address, at) => line('address', address, `address-${at}`)),
        ];
      case 'card':
        return [
          line('holder', content.holder),
          line('number', content.number),
          line('expires', content.expires),
          line('code', content.code),
        ];
      case 'totp':
        return [line('username', content.username), line('totp', content.totp)];
      case 'note':
        return [];
      default:
        // Of a newer page.
        return [];
    }
  };
  const fields = content.fields.map(({ name, value }, at) => ({
    ...line('field', value, `field-${at}`),
    label: name,
    secret: true,
  }));
  const all = [...own(), ...fields, line('notes', content.notes), line('folder', content.folder)];
  return all.filter(({ value }) => value !== '');
};

/** Where an address leads that may be followed from here: over HTTP alone, and nowhere that is no address. */
export const linkOf = (address: string): string | undefined => {
  const whole = /^[a-z][a-z0-9+.-]*:\/\//i.test(address) ? address : `https://${address}`;
  if (!URL.canParse(whole)) return undefined;
  const url = new URL(whole);
  return ['https:', 'http:'].includes(url.protocol) ? url.href : undefined;
};

/** What a search looks into: no secret. */
export const textOf = (content: Content): string => {
  const parts = [content.title, content.folder];
  if (content.type === 'login') parts.push(content.username, ...content.addresses);
  if (content.type === 'totp') parts.push(content.username);
  if (content.type === 'card') parts.push(content.holder);
  return parts.join('\n').normalize('NFKC').toLowerCase();
};

/** What stands below a title in a list. */
export const subtitleOf = (content: Content): string => {
  switch (content.type) {
    case 'login':
      return content.username || (content.addresses[0] ?? '');
    case 'card':
      return content.number && `•••• ${content.number.replace(/\D/g, '').slice(-4)}`;
    case 'totp':
      return content.username;
    case 'note':
      return content.folder;
  }
};
