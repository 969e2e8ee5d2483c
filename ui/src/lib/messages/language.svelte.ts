import type { Fault } from '../backend/types/Fault';
import { dateOf, explain, textIfAny, textOf, timeOf, type Key, type Language } from './texts';

const remembered = (): Language => {
  const stored = localStorage.getItem('language');
  if (stored === 'en' || stored === 'ja') return stored;
  return navigator.language.startsWith('ja') ? 'ja' : 'en';
};

let current = $state<Language>(remembered());
document.documentElement.lang = remembered();

/** The language on screen. Texts that were read through `t` change with it. */
export const language = {
  get current(): Language {
    return current;
  },
  choose(next: Language): void {
    current = next;
    localStorage.setItem('language', next);
    document.documentElement.lang = next;
  },
};

/** The text of a key in the language on screen. */
export const t = <K extends Key>(
  key: K,
  ...args: Parameters<typeof textOf<K>> extends [Language, K, ...infer A] ? A : never
): string => textOf<K>(current, key, ...(args as never));

/** The text of a key that another program has named; the key itself when there is none. */
export const namedText = (key: string, args: Record<string, string>): string =>
  textIfAny(current, key, args) ?? key;

/** The reason and the remedy of a fault in the language on screen. */
export const faultText = (fault: Fault): { reason: string; remedy: string } => explain(current, fault);

/** A moment in the language on screen. */
export const timeText = (seconds: number): string => timeOf(current, seconds);

/** A day in the language on screen. */
export const dateText = (seconds: number): string => dateOf(current, seconds);
