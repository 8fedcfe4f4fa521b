import { expect, it } from 'vitest';
import { isAllowedOrigin } from '../../../src/doors/request/web-origin.ts';

const allowed = ['https://app.example.org'];

it.each([
  [undefined, 'https://api.example.org', true],
  ['https://api.example.org', 'https://api.example.org', true],
  ['https://api.example.org', 'https://api.example.org:443', true],
  ['http://api.example.org', 'http://api.example.org:80', true],
  ['https://API.example.org', 'https://api.EXAMPLE.org', true],
  ['http://[::1]:4000', 'http://[::1]:4000', true],
  ['https://app.example.org', 'https://api.example.org', true],
  ['https://app.example.org', 'http://api.example.org', true],
  // By TLS of a proxy that is not trusted to say so.
  ['https://api.example.org', 'http://api.example.org', true],
  ['https://api.example.org', 'https://api.example.org:80', false],
  ['https://api.example.org:444', 'https://api.example.org', false],
  ['http://app.example.org', 'http://api.example.org', false],
  ['http://api.example.org', 'https://api.example.org', false],
  ...['chrome-extension', 'moz-extension', 'file', 'ftp', 'ws', 'wss', 'app'].flatMap((scheme) =>
    ['http', 'https'].map((own): [string, string, boolean] => [
      `${scheme}://api.example.org`,
      `${own}://api.example.org`,
      false,
    ]),
  ),
  ['https://app.example.org.evil.example', 'https://api.example.org', false],
  ['https://evil.example', 'https://api.example.org', false],
  ['null', 'https://api.example.org', false],
  ['null', 'https://null', false],
  ['', 'https://', false],
  ['https://a', 'https://a b', false],
])('a page of %s at %s: %s', (origin, server, isAllowed) => {
  const [scheme, host = ''] = server.split('://');
  const own = { host, isEncrypted: scheme === 'https' };
  expect(isAllowedOrigin(origin, own, allowed)).toBe(isAllowed);
});
