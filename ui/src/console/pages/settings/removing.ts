import type { Session } from '../../session.svelte';

/** Removes an administrator, or finishes what was cut off. The session shows the kit that comes of it, and holds what is
 * still to be finished. */
export const remove = async (session: Session, login: string): Promise<void> => {
  const { kit, unfinished } = await session.backend.call('admin.remove_administrator', { login });
  const finishing = session.unfinished?.login === login;
  session.kit = kit ?? session.kit;
  session.removedBefore = kit || unfinished || finishing ? undefined : login;
  session.unfinished = unfinished ? { login, fault: unfinished } : undefined;
  await session.read();
};
