import type { NameUse } from '../../../lib/backend/types/NameUse';
import type { Server } from '../../../lib/backend/types/Server';

const DAY = 86_400;

/** How a name is used at a server, if it tells. */
export const usedAt = (server: Server, host: string): NameUse | undefined =>
  server.names.find((one) => one.host === host);

/** For how many whole days nobody has signed in under a name at any server, without end if nobody ever has; unknown as long as
 * one does not tell. */
export const quietDays = (servers: Server[], host: string, now: number): number | undefined => {
  const used = servers.map((server) => usedAt(server, host));
  if (used.length === 0 || used.includes(undefined)) return undefined;
  const last = Math.max(0, ...used.map((one) => one?.last ?? 0));
  return last === 0 ? Infinity : Math.floor((now - last) / DAY);
};
