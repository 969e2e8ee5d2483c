/** The addresses that lead users to their vault. */
export interface Way {
  /** The page for everybody. */
  page: string;
  /** The deep link. */
  link: string;
  /** The vault itself; empty before the first save. */
  vault: string;
  /** The Enterprise Domain. */
  domain: string;
}

/** The way to a connection's vault. */
export const wayTo = (hub: string, domain: string, vault: string): Way => {
  const root = hub.replace(/\/+$/, '');
  return { page: `${root}/`, link: `${root}/to/${encodeURIComponent(domain)}`, vault, domain };
};
