// Closes the vault when nobody has used it for as long as the user's role says.

const USES = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const;
/** How often it is looked at, in milliseconds. */
const LOOK = 10_000;

/** Calls `close` once, after so many minutes without use; what it returns ends the watch. A computer that has slept counts as unused. */
export const closeAfter = (minutes: number, close: () => void): (() => void) => {
  let used = Date.now();
  const use = (): void => {
    // A first key after hours is no use: it is looked at before it counts.
    if (!look()) used = Date.now();
  };
  const look = (): boolean => {
    if (Date.now() - used < minutes * 60_000) return false;
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
