import { describe, expect, it } from 'vitest';
import { ConfigError, parseConfig } from '../../src/config/config.ts';
import { describeSettings } from '../../src/config/describe-settings.ts';

const DATABASE_URL = 'postgresql://one/app';
const eventsOf = (EVENTS_URL: string) => parseConfig({ DATABASE_URL, EVENTS_URL }).events;

describe('the URL of NATS', () => {
  it.each([
    ['nats://one', { servers: ['one:4222'], isTls: false, credentials: undefined }],
    ['tls://one:4443/', { servers: ['one:4443'], isTls: true, credentials: undefined }],
    ['nats://one:1,two,[::1]:3', { servers: ['one:1', 'two:4222', '[::1]:3'] }],
    ['nats://olga:p%40%3A%2F@one', { credentials: { user: 'olga', pass: 'p@:/' } }],
    ['nats://t0ken@one,two', { credentials: { token: 't0ken' } }],
  ])('names servers and credentials: %s', (url, expected) => {
    expect(eventsOf(url)).toMatchObject(expected);
  });

  it.each([
    'http://one',
    'one:4222',
    'nats://',
    'nats://one:0',
    'nats://one:70000',
    'nats://one,',
    'nats://one/path',
    'nats://one?x=1',
    'nats://a:b:c@one',
    'nats://olga:s3cret/word@one',
    'nats://olga:s3cret%@one',
    'nats://:s3cret@one',
  ])('is refused at the start when it is wrong, without a part of it: %s', (url) => {
    const refusal = () => eventsOf(url);
    expect(refusal).toThrow(ConfigError);
    expect(refusal).toThrow(/EVENTS_URL (must begin with|is not a valid URL)/);
    expect(refusal).not.toThrow(/s3cret/);
  });

  it('is not shown among the settings', () => {
    const shown = describeSettings({ DATABASE_URL, EVENTS_URL: 'nats://olga:s3cret@one' });
    expect(JSON.stringify(shown)).not.toContain('s3cret');
  });

  it('needs PostgreSQL', () => {
    expect(() => parseConfig({ EVENTS_URL: 'nats://one' })).toThrow(
      'EVENTS_URL requires DATABASE_URL',
    );
  });
});

it('the names on NATS begin with EVENTS_PREFIX, which has no dot', () => {
  const EVENTS_URL = 'nats://one';
  expect(parseConfig({ DATABASE_URL, EVENTS_URL, EVENTS_PREFIX: 'shop-1' }).events).toMatchObject({
    streamName: 'shop-1_events',
    subject: 'shop-1.events',
  });
  expect(() => parseConfig({ DATABASE_URL, EVENTS_URL, EVENTS_PREFIX: 'a.b' })).toThrow(
    'EVENTS_PREFIX',
  );
});
