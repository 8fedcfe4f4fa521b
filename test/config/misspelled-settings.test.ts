import { describe, expect, it } from 'vitest';
import { describeEverySetting } from '../../src/config/describe-settings.ts';
import { findMisspelledSettings } from '../../src/config/misspelled-settings.ts';

const find = (...names: readonly string[]) =>
  findMisspelledSettings(Object.fromEntries(names.map((name) => [name, 'x'])));

describe('a variable that is no setting', () => {
  it.each([
    ['ALLOWED_ORIGIN', 'ALLOWED_ORIGINS'],
    ['BCRYPT_ROUNDS', 'BCRYPT_COST'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['SIGNING_KEY', 'SIGNING_KEYS'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['MAX_SOCKET_PER_ADDRESS', 'MAX_SOCKETS_PER_ADDRESS'],
  ])('%s is taken for %s', (name, meant) => {
    expect(find(name)).toEqual([{ name, meant }]);
  });

  it('is left alone when it is of another program, and so are all settings', () => {
    const others = [
      'PATH',
      'HOME',
      'HOSTNAME',
      'LOGNAME',
      'PWD',
      'OLDPWD',
      'SHLVL',
      'TERM',
      'LANG',
      'USER',
      'SESSION_MANAGER',
      'XDG_DATA_DIRS',
      'XDG_DATA_HOME',
      'NODE_OPTIONS',
      'NODE_VERSION',
      'OTEL_SERVICE_VERSION',
      'OTEL_EXPORTER_OTLP_HEADERS',
      'KUBERNETES_PORT',
      'npm_lifecycle_event',
      'GATEHOUSE_SERVICE_HOST',
      'NODE_EXTRA_CA_CERTS',
      'INVOCATION_ID',
      'PGHOST',
      'PGHOSTADDR',
      'PGPORT',
      'PGDATABASE',
      'PGUSER',
      'PGPASSWORD',
      'PGSSLMODE',
      'PORTS',
      'HOSTS',
    ];
    expect(find(...others)).toEqual([]);
    expect(find(...describeEverySetting().map(({ name }) => name))).toEqual([]);
  });
});
