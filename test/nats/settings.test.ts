import { nats } from '@graphql-gatehouse/nats';
import { describe, expect, it } from 'vitest';
import { parseServers } from '../../packages/nats/src/servers.ts';
import { toNatsOptions } from '../../packages/nats/src/settings.ts';
import { ConfigError, type Environment, parseConfig } from '../../src/config/config.ts';
import { describeSettings } from '../../src/config/describe-settings.ts';

const DATABASE_URL = 'postgresql://one/app';
const parse = (environment: Environment) => parseConfig(environment, [nats()]);

describe('the URL of NATS', () => {
  it.each([
    ['nats://one', { servers: ['one:4222'], isTls: false, credentials: undefined }],
    ['tls://one:4443/', { servers: ['one:4443'], isTls: true, credentials: undefined }],
    ['nats://one:1,two,[::1]:3', { servers: ['one:1', 'two:4222', '[::1]:3'] }],
    ['nats://olga:p%40%3A%2F@one', { credentials: { user: 'olga', pass: 'p@:/' } }],
    ['nats://t0ken@one,two', { credentials: { token: 't0ken' } }],
  ])('names servers and credentials: %s', (url, expected) => {
    expect(parseServers(url)).toMatchObject(expected);
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
  ])('is rejected at startup when it is wrong, without a part of it: %s', (url) => {
    const refusal = () => parse({ DATABASE_URL, EVENTS_URL: url });
    expect(refusal).toThrow(ConfigError);
    expect(refusal).toThrow(/EVENTS_URL (must begin with|is not a valid URL)/);
    expect(refusal).not.toThrow(/s3cret/);
  });

  it('is not shown among the settings', () => {
    const shown = describeSettings({ EVENTS_URL: 'nats://olga:s3cret@one' }, [nats()]);
    expect(shown).toContainEqual(expect.objectContaining({ name: 'EVENTS_URL', value: '[set]' }));
    expect(JSON.stringify(shown)).not.toContain('s3cret');
  });

  it('needs PostgreSQL', () => {
    expect(() => parse({ EVENTS_URL: 'nats://one' })).toThrow('EVENTS_URL requires DATABASE_URL');
  });
});

it('the names on NATS begin with EVENTS_PREFIX, which has no dot', () => {
  const EVENTS_URL = 'nats://one';
  expect(toNatsOptions({ EVENTS_URL, EVENTS_PREFIX: 'shop-1' })).toMatchObject({
    streamName: 'shop-1_events',
    subject: 'shop-1.events',
  });
  expect(() => parse({ DATABASE_URL, EVENTS_URL, EVENTS_PREFIX: 'a.b' })).toThrow('EVENTS_PREFIX');
});

it('the prefix is gatehouse, and no server is used, unless the settings say otherwise', () => {
  expect(parse({}).ofPackages).toEqual({ EVENTS_URL: undefined, EVENTS_PREFIX: 'gatehouse' });
});
