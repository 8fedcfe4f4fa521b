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
    ...['0', '11', '-1', '1.5', 'false', 'proxy.example.com', '10.0.0.256', '10.0.0.1/33'],
    ...['::1/129', '10.0.0.1/', '10.0.0.1/8/8', '10.0.0.1,', ',', '10.0.0.0/255.0.0.0', 'Loopback'],
  ])('are not read from %s', (value) => {
    expect(read(value)).toEqual([
      expect.stringMatching(/^TRUST_PROXY must be a number of proxies/),
    ]);
  });
});
