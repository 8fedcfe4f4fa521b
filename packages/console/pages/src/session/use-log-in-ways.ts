import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { useEffect, useState } from 'react';
import { fetchData } from '../fetch-data.ts';
import type { ProvidersQuery } from '../generated/graphql.ts';
import { graphql } from '../generated/index.ts';

const LogInWaysDocument = graphql(`
  query LogInWays {
    __type(name: "Query") { fields { name } }
  }
`);

const ProvidersDocument = graphql(`
  query Providers {
    providers { name label allowsSignUp confirms }
  }
`);

export type LogInProvider = ProvidersQuery['providers'][number];

interface LogInWays {
  /** Whether the server has passkeys, and the browser too. */
  readonly hasPasskeys: boolean;
  readonly providers: readonly LogInProvider[];
}

const passwordAlone: LogInWays = { hasPasskeys: false, providers: [] };

async function readLogInWays(): Promise<LogInWays> {
  const { __type } = await fetchData(LogInWaysDocument, {});
  const has = (field: string) => __type?.fields?.some(({ name }) => name === field) ?? false;
  return {
    hasPasskeys: browserSupportsWebAuthn() && has('passkeyOptions'),
    providers: has('providers') ? (await fetchData(ProvidersDocument, {})).providers : [],
  };
}

/** The ways to log in here beside the password: those of packages that the server has, as its schema says. */
export function useLogInWays(): LogInWays {
  const [ways, setWays] = useState(passwordAlone);
  useEffect(() => {
    // Without an answer, the password is there.
    readLogInWays().then(setWays, () => {});
  }, []);
  return ways;
}
