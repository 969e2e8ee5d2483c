// Closes the vault when nobody has used it for as long as the user's role says.

const USES = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
/** How often it is looked at, in milliseconds. */
const LOOK = 10_000;

/**
 * Calls `close` once, after so many minutes without use (asked for at each look: a role may change); what it returns ends the watch. A
 * computer that has slept counts as unused. `seen` hears at each look when the vault was used last; `since`: when that was at the start.
 */
export const closeAfter = (
  minutes: () => number,
  close: () => void,
  seen: (used: number) => void = () => undefined,
  since = Date.now(),
): (() => void) => {
  let used = since;
  const use = (): void => {
    // A first key after hours is no use: it is looked at before it counts.
    if (!look()) used = Date.now();
  };
  const look = (): boolean => {
    if (Date.now() - used < minutes() * 60_000) {
      seen(used);
      return false;
    }
    stop();
    close();
    return true;
  };
  const stop = (): void => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', look);
    for (const one of USES) removeEventListener(one, use, true);
  };
  const timer = setInterval(look, LOOK);
  document.addEventListener('visibilitychange', look);
  for (const one of USES) addEventListener(one, use, { capture: true, passive: true });
  return stop;
};
