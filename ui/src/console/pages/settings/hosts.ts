const WHERE = 'managed-hosts';
/** The longest list. */
const MOST = 20;

/** Machines that were managed from this computer, the last one first. */
export const hosts = (): string[] => {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(WHERE) ?? '[]');
    return Array.isArray(stored) ? stored.filter((one): one is string => typeof one === 'string') : [];
  } catch {
    return [];
  }
};

const keep = (list: string[]): string[] => {
  localStorage.setItem(WHERE, JSON.stringify(list));
  return list;
};

export const remember = (host: string): string[] =>
  keep([host, ...hosts().filter((one) => one !== host)].slice(0, MOST));

export const forget = (host: string): string[] => keep(hosts().filter((one) => one !== host));
