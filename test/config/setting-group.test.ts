import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseConfig } from '../../src/config/config.ts';
import { describeSettings, printExample } from '../../src/config/describe-settings.ts';
import { findMisspelledSettings } from '../../src/config/misspelled-settings.ts';
import { settingFacts, wholeNumber } from '../../src/config/settings/setting.ts';
import { parseGroup } from '../../src/config/settings/setting-group.ts';

const mail = z
  .object({
    url: z
      .string()
      .startsWith('smtp://', 'must begin with smtp://')
      .optional()
      .register(settingFacts, { name: 'MAIL_URL', meaning: 'The mail server.', shows: 'place' }),
    retry: z.object({
      delaySeconds: wholeNumber(1, 60, 5).register(settingFacts, {
        name: 'MAIL_RETRY_SECONDS',
        meaning: 'The delay before a mail is sent again, in seconds.',
      }),
    }),
  })
  .transform(({ url, retry }) => (url === undefined ? undefined : { url, ...retry }));

describe('the settings of a package', () => {
  it('are parsed from their variables, and transformed together', () => {
    expect(parseGroup(mail, { MAIL_URL: 'smtp://one', MAIL_RETRY_SECONDS: '9' })).toEqual({
      values: { url: 'smtp://one', delaySeconds: 9 },
      problems: [],
    });
    expect(parseGroup(mail, { MAIL_URL: '', MAIL_RETRY_SECONDS: '' }).values).toBeUndefined();
  });

  it('are checked together with those of the server', () => {
    const environment = { PORT: 'http', MAIL_URL: 'one', MAIL_RETRY_SECONDS: '0' };
    expect(() => parseConfig(environment, [mail])).toThrow(
      'Invalid settings:\n  PORT must be a whole number\n  MAIL_URL must begin with smtp://\n' +
        '  MAIL_RETRY_SECONDS must be at least 1',
    );
  });

  it('are described with their defaults, and without their secrets', () => {
    const described = describeSettings({ MAIL_URL: 'smtp://olga:s3cret@one/' }, [mail]).slice(-2);
    expect(described).toEqual([
      {
        name: 'MAIL_URL',
        value: 'smtp://one/',
        source: 'environment',
        meaning: 'The mail server.',
      },
      {
        name: 'MAIL_RETRY_SECONDS',
        value: '5',
        source: 'default',
        meaning: 'The delay before a mail is sent again, in seconds.',
      },
    ]);
    expect(printExample([mail])).toContain('# The mail server.\nMAIL_URL=\n');
  });

  it('are known names, and the meant ones of similar names', () => {
    const environment = { MAIL_URL: 'smtp://one', MAIL_RETRY_SECOND: '9' };
    expect(findMisspelledSettings(environment, [mail])).toEqual([
      { name: 'MAIL_RETRY_SECOND', meant: 'MAIL_RETRY_SECONDS' },
    ]);
  });

  it('cannot be described when one of them is not registered', () => {
    const group = z.object({ url: z.string().optional() });
    expect(() => describeSettings({}, [group])).toThrow('url is not registered as a setting.');
  });
});
