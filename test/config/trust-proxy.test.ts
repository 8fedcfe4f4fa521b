import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/config/config.ts';

/** What a value of `TRUST_PROXY` is read as, or its problems. */
function read(value: string): unknown {
  try {
    return parseConfig({ TRUST_PROXY: value }).trustProxy;
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the proxies that are trusted', () => {
  it.each([
    ['1', 1],
    ['10', 10],
    ['127.0.0.1', ['127.0.0.1']],
    ['10.0.0.0/8,192.0.2.7', ['10.0.0.0/8', '192.0.2.7']],
    ['fd00::/8 , ::1', ['fd00::/8', '::1']],
    ['loopback,uniquelocal', ['loopback', 'uniquelocal']],
    ['10.0.0.0/8,172.16.0.0/12,fc00::/7', ['10.0.0.0/8', '172.16.0.0/12', 'fc00::/7']],
    [
      '104.16.0.0/13,172.64.0.0/13,2a06:98c0::/29',
      ['104.16.0.0/13', '172.64.0.0/13', '2a06:98c0::/29'],
    ],
    ['8.0.0.0/8,8.8.0.0/16,8.8.8.8,2000::/20', ['8.0.0.0/8', '8.8.0.0/16', '8.8.8.8', '2000::/20']],
    ['::ffff:192.0.2.0/120', ['::ffff:192.0.2.0/120']],
  ])('are read from %s', (value, expected) => {
    expect(read(value)).toEqual(expected);
  });

  it('are none when the variable is not set', () => {
    expect(parseConfig({}).trustProxy).toBeUndefined();
  });

  it.each(['true', 'TRUE', 'all', '*', '0.0.0.0/0', '::/0', '10.0.0.1/00', '127.0.0.1,::/0'])(
    'cannot be everyone: %s',
    (value) => {
      expect(read(value)).toEqual([
        'TRUST_PROXY must not trust everyone: a trusted sender can claim any client address',
      ]);
    },
  );

  it.each([
    '0.0.0.0/1,128.0.0.0/1',
    '::/1,8000::/1',
    '::/1',
    '0.0.0.0/1',
    '8.0.0.0/7',
    '2000::/3',
    '::ffff:0:0/96',
    '::ffff:0.0.0.0/96',
    '::/80',
    '10.0.0.0/4',
    '2000::/20,3000::/128',
    '8.0.0.0/9,8.128.0.0/9,9.9.9.9',
    '11.0.0.0/9,loopback,12.0.0.0/9,13.0.0.0/16',
    Array.from({ length: 256 }, (_, index) => `${index}.0.0.0/8`).join(','),
  ])('cannot be a large part of the Internet: %s', (value) => {
    expect(read(value)).toEqual([
      expect.stringMatching(/^TRUST_PROXY must not trust so many public/),
    ]);
  });

  it.each([
    '0',
    '11',
    '-1',
    '1.5',
    'false',
    'proxy.example.com',
    '10.0.0.256',
    '10.0.0.1/33',
    '::1/129',
    '10.0.0.1/',
    '10.0.0.1/8/8',
    '10.0.0.1,',
    ',',
    '10.0.0.0/255.0.0.0',
    'Loopback',
    'fe80::1%eth0',
  ])('are not read from %s', (value) => {
    expect(read(value)).toEqual([
      expect.stringMatching(/^TRUST_PROXY must be a number of proxies/),
    ]);
  });
});
