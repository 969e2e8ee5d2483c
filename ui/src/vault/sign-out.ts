import type { User } from './handover';

const CHANNEL = 'sekisho-sessions';

/** Goes to the service to end the session at the identity provider; it tells this browser's other pages. */
export const leave = (user: Pick<User, 'email' | 'session_id'>): void => {
  const query = new URLSearchParams({ client: 'vault', session_id: user.session_id, user: user.email });
  location.assign(`/sso-connect/saml/logout?${query.toString()}`);
};

/** Calls `ended` when a session with one of these marks has ended in this browser. Returns the end of listening. */
export const onEnd = (marks: string[], ended: () => void): (() => void) => {
  const pages = new BroadcastChannel(CHANNEL);
  pages.onmessage = (event: MessageEvent<unknown>) => {
    const told = event.data;
    if (Array.isArray(told) && told.some((mark) => marks.includes(mark as string))) ended();
  };
  return () => pages.close();
};

/** Tells this browser's other pages that the session has ended, whatever the identity provider says of it. */
export const tellEnd = (marks: string[]): void => {
  const pages = new BroadcastChannel(CHANNEL);
  pages.postMessage([...marks]);
  pages.close();
};
