import { expect, test } from 'vitest';
import { certificate, Fake, fault } from '../../../test/fake';
import { noAnswers, readAnswers, type Answers } from './answers';
import { effects, isStep, landing, steps, testedDraft, type Facts } from './steps';
import { peopleOf, stamp, waitingState } from './waiting';

const nothing: Facts = {
  signedIn: undefined,
  joined: false,
  revision: null,
  running: false,
  draft: undefined,
};
const answers = (some: Partial<Answers>): Answers => ({ ...noAnswers(), ...some });
const signedIn = {
  organisation: 'o',
  login: 'tanaka',
  hub: 'https://hub.example',
  connections: [{ id: 'c1', name: 'Tokyo', enterprise_domain: 'tokyo', node: 'n', domains: [], servers: 0 }],
  administrators: ['tanaka'],
};

test('at first only the hub can be looked for, and nothing has changed', () => {
  const states = steps(noAnswers(), nothing);
  expect(states.preflight).toBe('open');
  expect(Object.values(states).filter((state) => state !== 'locked')).toEqual(['open']);
  expect(landing(states)).toBe('preflight');
  expect(effects(noAnswers(), nothing)).toEqual([]);
});

test('whoever founded cannot go on without the kit', () => {
  const founded = answers({ hub: 'h', founded: true });
  const states = steps(founded, { ...nothing, signedIn });
  expect([states.account, states.kit, states.connection]).toEqual(['done', 'open', 'locked']);
  const rehearsed = steps({ ...founded, kitRehearsed: true }, { ...nothing, signedIn });
  expect([rehearsed.kit, rehearsed.second, rehearsed.connection]).toEqual(['done', 'open', 'open']);
});

test('whoever signs in to an organisation needs no kit', () => {
  const states = steps(answers({ hub: 'h', way: 'join' }), { ...nothing, signedIn });
  expect([states.kit, states.second, states.connection]).toEqual(['skipped', 'skipped', 'open']);
});

test('the second administrator may be left for later', () => {
  const left = answers({ founded: true, kitRehearsed: true, left: ['second'] });
  const states = steps(left, { ...nothing, signedIn });
  expect(states.second).toBe('later');
  expect(landing(states)).toBe('connection');
});

test('a connection that is not there any more is chosen anew', () => {
  expect(steps(answers({ connection: 'c1' }), { ...nothing, signedIn }).enrol).toBe('open');
  expect(steps(answers({ connection: 'c2' }), { ...nothing, signedIn }).enrol).toBe('locked');
});

test('an enrolled server opens the rest in any order, and the review last', async () => {
  const draft = await new Fake().call('draft.get', null);
  const states = steps(noAnswers(), { ...nothing, joined: true, draft });
  for (const step of ['address', 'sheet', 'certificate', 'idp', 'test'] as const)
    expect(states[step]).toBe('open');
  expect(states.review).toBe('locked');
});

test('a certificate that does not cover the host is the step of the certificate', async () => {
  const fake = new Fake();
  const draft = await fake.call('draft.set', { field: 'advertised_host', value: 'sso.example' });
  draft.tls = certificate(['other.example']);
  draft.checks = [fault('certs.not_covered', 'tls')];
  const states = steps(answers({ topology: 'none' }), { ...nothing, joined: true, draft });
  expect([states.address, states.certificate]).toEqual(['done', 'open']);
});

test('a test login counts for the draft that it tested only', async () => {
  const fake = new Fake();
  const before = await fake.call('draft.set', { field: 'advertised_host', value: 'sso.example' });
  const tested = answers({ tested: testedDraft(before) });
  expect(steps(tested, { ...nothing, joined: true, draft: before }).test).toBe('done');
  const local = await fake.call('draft.set', { field: 'private_port', value: '9443' });
  expect(steps(tested, { ...nothing, joined: true, draft: local }).test).toBe('done');
  const after = await fake.call('draft.set', { field: 'attribute_email', value: 'mail' });
  expect(steps(tested, { ...nothing, joined: true, draft: after }).test).toBe('open');
});

test('a sheet is stale as soon as host or port differ from what it was made from', async () => {
  const fake = new Fake();
  const before = stamp(await fake.call('draft.set', { field: 'advertised_host', value: 'sso.example' }));
  const sent = { at: 1, stamp: before, answered: false };
  expect(waitingState(undefined, before)).toBe('not_sent');
  expect(waitingState(sent, before)).toBe('sent');
  expect(waitingState({ ...sent, answered: true }, before)).toBe('answered');
  const other = stamp(await fake.call('draft.set', { field: 'attribute_email', value: 'mail' }));
  expect(waitingState(sent, other)).toBe('sent');
  const port = stamp(await fake.call('draft.set', { field: 'advertised_port', value: '443' }));
  expect(waitingState({ ...sent, answered: true }, port)).toBe('stale');
});

test('nobody waits for a balancer that is not there', () => {
  expect(peopleOf('none')).not.toContain('balancer');
  expect(peopleOf('terminated')).toContain('balancer');
});

test('answers that are not understood are asked again', () => {
  expect(readAnswers('{', isStep)).toEqual(noAnswers());
  expect(readAnswers('[1]', isStep)).toEqual(noAnswers());
  const odd = { hub: 7, topology: 'ring', left: ['second', 'dance'], waiting: { idp: { at: 'x' } } };
  expect(readAnswers(JSON.stringify(odd), isStep)).toEqual(answers({ left: ['second'] }));
  const good = answers({
    hub: 'h',
    topology: 'none',
    waiting: { ca: { at: 1, stamp: 's', answered: true } },
  });
  expect(readAnswers(JSON.stringify(good), isStep)).toEqual(good);
});
