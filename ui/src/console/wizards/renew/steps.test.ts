import { expect, test } from 'vitest';
import { fault, server } from '../../../test/fake';
import { noAnswers, readAnswers, type Answers } from './answers';
import { landing, steps, type Facts } from './steps';

const facts = (changes: Partial<Facts> = {}): Facts => ({
  shared: false,
  drafted: false,
  checks: [],
  revision: 3,
  another: false,
  inUse: 'new',
  servers: [server('sso1', { own: true, certificate: { sha256: 'new', not_after: null } })],
  ...changes,
});
const answers = (changes: Partial<Answers> = {}): Answers => ({ ...noAnswers(), ...changes });

test('nothing is reached before what it stands on', () => {
  expect(steps(answers(), facts())).toEqual({
    saml: 'skipped',
    bring: 'open',
    check: 'locked',
    save: 'locked',
    seen: 'locked',
  });
  expect(steps(answers(), facts({ shared: true }))).toMatchObject({ saml: 'open', bring: 'locked' });
  expect(steps(answers({ separated: true }), facts())).toMatchObject({ saml: 'done', bring: 'open' });
});

test('a warning lets go on, an error does not', () => {
  const warning = { ...fault('certs.fewer_names', 'tls'), severity: 'warning' as const };
  expect(steps(answers(), facts({ drafted: true, checks: [warning] })).check).toBe('done');
  expect(steps(answers(), facts({ drafted: true, checks: [fault('certs.expired', 'tls')] })).check).toBe(
    'open',
  );
});

test('it is saved when this server has applied it, and seen when every server serves it', () => {
  const saved = answers({ saved: 4, savedAs: 'new' });
  expect(steps(saved, facts()).save).toBe('open');
  const away = server('sso2', { certificate: { sha256: 'old', not_after: null } });
  const own = server('sso1', { certificate: { sha256: 'new', not_after: null } });
  const states = steps(saved, facts({ revision: 4, servers: [own, away] }));
  expect([states.save, states.seen, landing(states)]).toEqual(['done', 'open', 'seen']);
  expect(steps(saved, facts({ revision: 4, servers: [own] })).seen).toBe('done');
  expect(steps(saved, facts({ revision: 4, servers: [own], another: true })).seen).toBe('open');
});

test('an earlier renewal is not taken for this one', () => {
  const earlier = answers({ saved: 2, savedAs: 'old' });
  expect(steps(earlier, facts({ inUse: 'newer' }))).toMatchObject({ bring: 'open', save: 'locked' });
  const again = steps(answers({ saved: 2, savedAs: 'new' }), facts({ drafted: true }));
  expect(again).toMatchObject({ bring: 'done', save: 'open', seen: 'locked' });
});

test('answers of another version are asked again, and no secret is among them', () => {
  expect(readAnswers('{"request":{"pem":1},"saved":"x","left":["seen","other"]}')).toEqual(
    answers({ left: ['seen'] }),
  );
  expect(readAnswers('nonsense')).toEqual(noAnswers());
});
