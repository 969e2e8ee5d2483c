/** What a user has typed, as far as it leaves the browser: of an e-mail address the domain alone. */
export type Asked = { domain: string } | { name: string };

/** Where it leads. */
export interface Lead {
  /** The page that opens the vault. */
  vault: string;
  /** The host on which the user signs in. */
  idp?: string;
}

/** What came of asking: nothing is known of it, or the hub did not answer. */
export type Answer = { kind: 'lead'; lead: Lead } | { kind: 'unknown' } | { kind: 'failed' };

/** The domain in A-labels, as the browser itself would look it up; nothing when it is none. */
const asHost = (text: string): string | undefined => {
  try {
    const { hostname, host } = new URL(`https://${text}/`);
    return hostname !== '' && hostname === host && hostname.includes('.') && !/[[\]:]/.test(hostname)
      ? hostname
      : undefined;
  } catch {
    return undefined;
  }
};

/** Full-width letters and signs, as a Japanese keyboard types them, mean the others. */
const folded = (text: string): string => text.normalize('NFKC').trim();

/** Reads an e-mail address or an Enterprise Domain; nothing when it is neither. */
export const read = (typed: string): Asked | undefined => {
  const text = folded(typed);
  const at = text.lastIndexOf('@');
  if (at >= 0) {
    const domain = at > 0 ? asHost(text.slice(at + 1)) : undefined;
    return domain === undefined || /[/?#\\\s]/.test(text.slice(at + 1)) ? undefined : { domain };
  }
  return /^[a-z0-9._-]{3,60}$/i.test(text) ? { name: text.toLowerCase() } : undefined;
};

/** The Enterprise Domain of a deep link: `/to/NAME`. */
export const nameOf = (path: string): string | undefined => {
  const found = /^\/to\/([^/]+)\/?$/.exec(path)?.[1];
  if (found === undefined) return undefined;
  try {
    return decodeURIComponent(found);
  } catch {
    return undefined;
  }
};

/** Only a page by https is gone to, whatever the hub says. */
const isLead = (value: unknown): value is Lead => {
  if (typeof value !== 'object' || value === null || !('vault' in value)) return false;
  const { vault } = value;
  return typeof vault === 'string' && vault.startsWith('https://') && URL.canParse(vault);
};

/** How long the hub is waited for. */
const PATIENCE = 10_000;

const askOne = async (asked: Asked): Promise<Answer> => {
  try {
    const answer = await fetch(`/v1/leads?${new URLSearchParams(asked).toString()}`, {
      credentials: 'omit',
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (answer.status === 404) return { kind: 'unknown' };
    const lead: unknown = answer.ok ? await answer.json() : undefined;
    return isLead(lead) ? { kind: 'lead', lead } : { kind: 'failed' };
  } catch {
    return { kind: 'failed' };
  }
};

/**
 * Asks the hub where it leads. A text with a dot may be a mail domain or a name: a domain that is somebody's leads to them, whatever
 * others call themselves.
 */
export const ask = async (asked: Asked): Promise<Answer> => {
  const domain = 'name' in asked && asked.name.includes('.') ? asHost(asked.name) : undefined;
  if (domain !== undefined) {
    const answer = await askOne({ domain });
    if (answer.kind !== 'unknown') return answer;
  }
  return askOne(asked);
};
