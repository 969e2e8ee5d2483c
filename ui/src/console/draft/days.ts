/** Whole days from `now` (milliseconds) until a moment (seconds since 1970); negative once it is over. */
export const daysLeft = (until: number, now: number): number => Math.floor((until * 1000 - now) / 86_400_000);
