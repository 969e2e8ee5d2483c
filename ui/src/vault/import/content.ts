// Makes a record of the values of a row.
import type { Content, Field, Type } from '../records/record';
import type { Draft, Part, Target } from './target';

/** The host of an address, as typed; all of it where none can be seen. */
const hostOf = (address: string): string =>
  /^(?:[a-z][\w+.-]*:\/\/)?(?:[^/?#@]*@)?(\[[^\]]*\]|[^/:?#]+)/i.exec(address)?.[1] ?? address;

/** The sort of record that the values make where the file does not say. */
const typeOf = (parts: readonly Part[]): Type => {
  const has = (...targets: Target[]): boolean => parts.some(({ target }) => targets.includes(target));
  if (has('password', 'address')) return 'login';
  if (has('totp')) return 'totp';
  if (has('username')) return 'login';
  return has('number', 'holder', 'expires', 'code') ? 'card' : 'note';
};

/** The record of a row whose values are not empty. What its sort has no place for becomes a field. */
export const contentOf = ({ type, parts }: Draft, line: number): Content => {
  const left = parts.filter(({ target }) => target !== 'ignore');
  const take = (target: Target): string | undefined => {
    const at = left.findIndex((part) => part.target === target);
    return at < 0 ? undefined : left.splice(at, 1)[0]?.value;
  };
  const one = (target: Target): string => take(target) ?? '';
  const all = (target: Target): string[] => {
    const values: string[] = [];
    for (let value = take(target); value !== undefined; value = take(target)) values.push(value);
    return values;
  };
  const sort = type ?? typeOf(left);
  const address = left.find(({ target }) => target === 'address')?.value;
  const username = left.find(({ target }) => target === 'username')?.value;
  const title = one('title') || (address !== undefined ? hostOf(address) : (username ?? `#${line}`));
  const fields: Field[] = [];
  const base = { title, folder: one('folder'), notes: all('notes').join('\n\n'), fields };
  const content = ((): Content => {
    switch (sort) {
      case 'login': {
        const [name, password, totp] = [one('username'), one('password'), one('totp')];
        return { ...base, type: sort, username: name, password, addresses: all('address'), totp };
      }
      case 'note':
        return { ...base, type: sort };
      case 'card': {
        const [holder, number, expires, code] = [one('holder'), one('number'), one('expires'), one('code')];
        return { ...base, type: sort, holder, number, expires, code };
      }
      case 'totp':
        return { ...base, type: sort, username: one('username'), totp: one('totp') };
    }
  })();
  fields.push(...left.map(({ name, value }) => ({ name, value })));
  return content;
};
