import type { Arg } from '../backend/types/Arg';
import type { Fault } from '../backend/types/Fault';
import { en, ja } from './generated';

export type Language = 'en' | 'ja';
export type Key = keyof typeof en;

type Names<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Names<Rest>
  : never;
type Args<K extends Key> = [Names<(typeof en)[K]>] extends [never]
  ? []
  : [Record<Names<(typeof en)[K]>, string | number>];

const texts: Record<Language, Record<string, string>> = { en, ja };

const fill = (text: string, args: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in args ? String(args[name]) : whole));

/** The text of a key in a language, with its arguments filled in. */
export const textOf = <K extends Key>(language: Language, key: K, ...args: Args<K>): string =>
  fill(texts[language][key] ?? key, args[0] ?? {});

const shown = (language: Language, arg: Arg): string => {
  switch (arg.type) {
    case 'text':
      return arg.value;
    case 'number':
      return String(arg.value);
    case 'time':
      return timeOf(language, arg.value);
    case 'list':
      return arg.value.length === 0 ? '–' : arg.value.join(language === 'ja' ? '、' : ', ');
  }
};

/** A moment (seconds since 1970) as people of the language write it. */
export const timeOf = (language: Language, seconds: number): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(seconds * 1000);

/** The text of a key that another program has named, if there is one. */
export const textIfAny = (
  language: Language,
  key: string,
  args: Record<string, string> = {},
): string | undefined => {
  const text = texts[language][key];
  return text === undefined ? undefined : fill(text, args);
};

/** The one reason and the one remedy of a fault. An unknown code is shown as it is. Where the argument `cause` names a
 * code that is known, the cause says why, and what to do. */
export const explain = (language: Language, fault: Fault): { reason: string; remedy: string } => {
  const args = Object.fromEntries(
    Object.entries(fault.args).flatMap(([name, arg]) => (arg ? [[name, shown(language, arg)]] : [])),
  );
  const part = (code: string, name: string): string | undefined =>
    textIfAny(language, `${code}.${name}`, args);
  const reason = part(fault.code, 'reason') ?? fault.code;
  const cause = fault.args['cause']?.type === 'text' ? fault.args['cause'].value : '';
  const [why, remedy] = [part(cause, 'reason'), part(cause, 'remedy') ?? ''];
  // A sentence with gaps explains nothing: the rest of its arguments is elsewhere.
  return why === undefined || `${why}${remedy}`.includes('{')
    ? { reason, remedy: part(fault.code, 'remedy') ?? '' }
    : { reason: `${reason} ${why}`, remedy };
};

/** A day (seconds since 1970) as people of the language write it. */
export const dateOf = (language: Language, seconds: number): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(seconds * 1000);
