import { expect, it } from 'vitest';
import { isAllowedOrigin } from '../../src/server/origin.ts';

const allowed = ['https://app.example.org'];

it.each([
  [undefined, 'api.example.org', true],
  ['https://api.example.org', 'api.example.org', true],
  ['https://api.example.org', 'api.example.org:443', true],
  ['http://api.example.org', 'api.example.org:80', true],
  ['https://API.example.org', 'api.EXAMPLE.org', true],
  ['http://[::1]:4000', '[::1]:4000', true],
  ['https://app.example.org', 'api.example.org', true],
  ['https://api.example.org', 'api.example.org:80', false],
  ['https://api.example.org:444', 'api.example.org', false],
  ['http://app.example.org', 'api.example.org', false],
  ['https://app.example.org.evil.example', 'api.example.org', false],
  ['https://evil.example', 'api.example.org', false],
  ['null', 'api.example.org', false],
  ['null', 'null', false],
  ['', '', false],
  ['https://a', 'a b', false],
])('a page of %s at %s: %s', (origin, host, isAllowed) => {
  expect(isAllowedOrigin(origin, host, allowed)).toBe(isAllowed);
});
