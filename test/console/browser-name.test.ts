import { expect, it } from 'vitest';
import { toBrowserName } from '../../packages/console/pages/src/parts/browser-name.ts';

const webKit = 'AppleWebKit/537.36 (KHTML, like Gecko)';

it.each([
  [
    `Mozilla/5.0 (X11; Linux x86_64) ${webKit} Chrome/156.0.0.0 Safari/537.36`,
    'Chrome 156 on Linux',
  ],
  [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${webKit} Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0`,
    'Edge 156 on Windows',
  ],
  [
    'Mozilla/5.0 (Android 15; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0',
    'Firefox 150 on Android',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15',
    'Safari 26 on macOS',
  ],
  ['Mozilla/5.0 (unknown) Firefox/1', 'Firefox 1'],
])('names the browser of %s', (userAgent, name) => {
  expect(toBrowserName(userAgent)).toBe(name);
});

it.each([
  'node',
  'curl/8.1',
  '',
  'Mozilla/5.0',
  'Chrome/156 on Linux',
  'Mozilla/5.0 (compatible; bot)',
])('keeps %j, which is no browser', (userAgent) => {
  expect(toBrowserName(userAgent)).toBe(userAgent);
});
