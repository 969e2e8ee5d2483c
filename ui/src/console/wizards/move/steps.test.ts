import { expect, test } from 'vitest';
import type { AnsweredName } from '../../../lib/backend/types/AnsweredName';
import { fault, NOW, server } from '../../../test/fake';
import { noAnswers, readAnswers, type Answers } from './answers';
import { quietDays } from './quiet';
import { landing, steps, type Facts } from './steps';

const name = (host: string, changes: Partial<AnsweredName> = {}): AnsweredName => ({
  host,
  port: 8443,
  advertised: false,
  takes_answers: false,
  acs: `https://${host}:8443/sso-connect/saml/sso`,
  certificate: null,
  own_certificate: false,
  ...changes,
});
const old = name('old.example', { advertised: true });
const next = name('new.example');
const facts = (changes: Partial<Facts> = {}): Facts => ({
  drafted: [old],
  applied: [old],
  checks: [],
  used: false,
  ...changes,
});
const answers = (changes: Partial<Answers> = {}): Answers => ({
  ...noAnswers(),
  from: 'old.example',
  to: 'new.example',
  ...changes,
});

test('each step waits for the one before, and each save shows in what is applied', () => {
  expect(landing(steps(noAnswers(), facts()))).toBe('name');
  const both = [old, next];
  const uncovered = facts({ drafted: both, checks: [fault('certs.not_covered', 'tls')] });
  expect(steps(answers(), uncovered)).toMatchObject({ name: 'done', certificate: 'open', idp: 'locked' });
  expect(landing(steps(answers(), facts({ drafted: both })))).toBe('idp');
  const told = answers({ told: true });
  expect(landing(steps(told, facts({ drafted: both })))).toBe('overlap');
  expect(landing(steps(told, facts({ drafted: both, applied: both })))).toBe('test');
  expect(landing(steps(told, facts({ drafted: both, applied: both, used: true })))).toBe('switch');
  const tested = answers({ told: true, tested: 5 });
  const switched = [name('new.example', { advertised: true }), name('old.example')];
  expect(landing(steps(tested, facts({ drafted: switched, applied: both })))).toBe('switch');
  expect(landing(steps(tested, facts({ drafted: switched, applied: switched })))).toBe('retire');
  const alone = [name('new.example', { advertised: true })];
  expect(steps(tested, facts({ drafted: alone, applied: alone })).retire).toBe('done');
  // Of one name nothing is counted, and nobody is asked any more.
  expect(landing(steps(answers(), facts({ drafted: switched, applied: switched })))).toBe('retire');
});

test('without a test the switch can be made, and with one address nobody has to be told', () => {
  const both = [name('old.example', { advertised: true, takes_answers: true }), next];
  const left = answers({ left: ['test'] });
  const states = steps(left, facts({ drafted: both, applied: both }));
  expect(states).toMatchObject({ idp: 'done', overlap: 'done', test: 'later', switch: 'open' });
});

test('a name is quiet by what all servers tell', () => {
  const uses = (last: number | null) => [{ host: 'old.example', last, count: last === null ? 0 : 1 }];
  const at = (...lasts: (number | null)[]) => lasts.map((last) => server('one', { names: uses(last) }));
  expect(quietDays(at(NOW - 3 * 86_400, NOW - 9 * 86_400), 'old.example', NOW)).toBe(3);
  expect(quietDays(at(null, null), 'old.example', NOW)).toBe(Infinity);
  expect(quietDays([...at(NOW), server('two')], 'old.example', NOW)).toBeUndefined();
  expect(quietDays([], 'old.example', NOW)).toBeUndefined();
});

test('answers of another version are asked again', () => {
  expect(readAnswers('nonsense')).toEqual(noAnswers());
  const read = readAnswers(
    '{"from":"a","to":"b","quiet":-1,"sent":{"dns":{"at":7},"x":{"at":1}},"left":["x","test"]}',
  );
  expect(read).toEqual({
    ...noAnswers(),
    from: 'a',
    to: 'b',
    sent: { dns: { at: 7, stamp: '', answered: false } },
    left: ['test'],
  });
});
