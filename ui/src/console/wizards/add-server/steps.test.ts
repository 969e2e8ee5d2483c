import { expect, test } from 'vitest';
import { joinFile, server } from '../../../test/fake';
import { noAnswers, readAnswers } from './answers';
import { landing, steps, type Facts } from './steps';

const NOTHING: Facts = { signedIn: undefined, joined: false, running: false, servers: undefined };
const NOW = 1000;
const file = joinFile({ ends: NOW + 1 });

test('up to the enrolment each step needs those before it', () => {
  const states = steps(noAnswers(), NOTHING, NOW);
  expect(Object.values(states)).toEqual(['open', 'locked', 'locked', 'locked', 'locked', 'locked', 'locked']);
  const read = steps({ ...noAnswers(), file }, NOTHING, NOW);
  expect([read.join, read.account, read.enrol]).toEqual(['done', 'open', 'locked']);
});

test('a join file that has ended is no answer any more, until the server has joined', () => {
  expect(steps({ ...noAnswers(), file }, NOTHING, NOW + 1).join).toBe('open');
  expect(steps({ ...noAnswers(), file }, { ...NOTHING, joined: true }, NOW + 1).join).toBe('done');
});

test('after the enrolment the steps come in any order, and what can wait can be left', () => {
  const facts: Facts = { ...NOTHING, joined: true, running: true, servers: [server('s1', { own: true })] };
  const states = steps(noAnswers(), facts, NOW);
  expect([states.address, states.probe, states.pool, states.replace]).toEqual([
    'open',
    'open',
    'done',
    'open',
  ]);
  expect(landing(states)).toBe('address');
  const quiet = [server('s1', { own: true, first_sign_in: null })];
  const waits = steps({ ...noAnswers(), left: ['pool'] }, { ...facts, servers: quiet }, NOW);
  expect(waits.pool).toBe('later');
  expect(steps({ ...noAnswers(), adds: true }, facts, NOW).replace).toBe('skipped');
});

test('a server is replaced when it is listed no more, and not before the list is known', () => {
  const answers = { ...noAnswers(), replaces: 'old' };
  const facts = { ...NOTHING, joined: true, running: true };
  expect(steps(answers, facts, NOW).replace).toBe('open');
  const both = [server('s1', { own: true }), server('old')];
  expect(steps(answers, { ...facts, servers: both }, NOW).replace).toBe('open');
  expect(steps(answers, { ...facts, servers: both.slice(0, 1) }, NOW).replace).toBe('done');
});

test('answers are read back as they were kept, and what is not understood is asked again', () => {
  const answers = { ...noAnswers(), file, probed: true, replaces: 'old', left: ['pool' as const] };
  expect(readAnswers(JSON.stringify(answers))).toEqual(answers);
  for (const text of [null, '', '{', '[]', '7', '{"file":{"sekisho_join":2,"ends":1}}', '{"left":["x",1]}'])
    expect(readAnswers(text)).toEqual(noAnswers());
});
