import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { closeAfter } from './idle';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

const minutes = (count: number): number => count * 60_000;

test('it closes after the time without use, and a key puts that off', () => {
  const close = vi.fn();
  closeAfter(() => 5, close);
  vi.advanceTimersByTime(minutes(4));
  dispatchEvent(new KeyboardEvent('keydown'));
  vi.advanceTimersByTime(minutes(4));
  expect(close).not.toHaveBeenCalled();
  vi.advanceTimersByTime(minutes(2));
  expect(close).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(minutes(60));
  expect(close).toHaveBeenCalledTimes(1);
});

test('after hours of sleep the first key closes it, and is no use', () => {
  const close = vi.fn();
  closeAfter(() => 5, close);
  vi.setSystemTime(Date.now() + minutes(300));
  dispatchEvent(new KeyboardEvent('keydown'));
  expect(close).toHaveBeenCalledTimes(1);
});

test('a watch that has ended closes nothing', () => {
  const close = vi.fn();
  closeAfter(() => 5, close)();
  vi.advanceTimersByTime(minutes(60));
  dispatchEvent(new KeyboardEvent('keydown'));
  expect(close).not.toHaveBeenCalled();
});
