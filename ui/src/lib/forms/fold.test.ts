import { expect, test } from 'vitest';
import { fold, isFolded } from './fold';

test('full-width letters, digits, dots, colons and hyphens become ASCII', () => {
  expect(fold('ｓｓｏ．ｅｘａｍｐｌｅ。ｃｏ．ｊｐ：８４４３')).toBe('sso.example.co.jp:8443');
  expect(fold('ａーｂ－ｃ‐ｄ−ｅ')).toBe('a-b-c-d-e');
  expect(fold('　8443 ')).toBe('8443');
});

test('what is ASCII already stays, and nobody is told of trimmed spaces', () => {
  expect(fold('fe80::1%eth0')).toBe('fe80::1%eth0');
  expect(isFolded(' sso.example ')).toBe(false);
  expect(isFolded('８443')).toBe(true);
});

test('kanji are left for the service to refuse', () => {
  expect(fold('関所.example')).toBe('関所.example');
});
