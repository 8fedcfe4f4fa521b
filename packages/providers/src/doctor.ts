import type { Check, PackageExamination } from 'graphql-gatehouse';
import type { ProvidersOptions } from './options.ts';
import { createProtocols } from './parts.ts';
import { ProviderError, type ProviderFacts } from './protocol/protocol.ts';
import type { ProvidersSettings } from './settings.ts';

/** Checks for `gatehouse doctor` that each provider answers, and says what its log-ins cannot do. */
export const createCheckProviders =
  (options: ProvidersOptions) =>
  async ({
    settings,
    isProduction,
  }: PackageExamination<ProvidersSettings>): Promise<readonly Check[]> => {
    const now = () => new Date();
    const protocols = createProtocols({ settings, isProduction, now }, options);
    return Promise.all(
      [...protocols].map(async ([provider, protocol]): Promise<Check> => {
        const name = `provider ${provider}`;
        try {
          return toCheck(name, await protocol.describe(), options[provider]?.authTime === true);
        } catch (error) {
          if (!(error instanceof ProviderError)) throw error;
          return {
            name,
            state: 'warning',
            found: `it does not answer as a provider does (${error.code}): logins with it fail`,
            advice: 'Check the issuer in gatehouse.config.ts, and whether this machine reaches it.',
          };
        }
      }),
    );
  };

function toCheck(
  name: string,
  { namesTime, sendsLogouts }: ProviderFacts,
  expectsTime: boolean,
): Check {
  const lacks = [
    ...(expectsTime && !namesTime
      ? [
          'it does not name auth_time: a login without a time is not accepted where maxAge is required. If its ID tokens lack it, set `authTime: false`',
        ]
      : []),
    ...(expectsTime
      ? []
      : ['`authTime: false`: its logins are not accepted where maxAge is required']),
    ...(sendsLogouts ? [] : ['it sends no logouts: a session here lasts until its end']),
  ];
  return lacks.length === 0
    ? { name, state: 'ok', found: 'it answers, names auth_time, and sends logouts' }
    : { name, state: 'note', found: lacks.join('; ') };
}
