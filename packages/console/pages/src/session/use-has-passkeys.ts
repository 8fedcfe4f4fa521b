import { browserSupportsWebAuthn } from '@simplewebauthn/browser';
import { useEffect, useState } from 'react';
import { fetchData } from '../data.tsx';
import { graphql } from '../generated/index.ts';

const LogInWaysDocument = graphql(`
  query LogInWays {
    __type(name: "Query") { fields { name } }
  }
`);

/** Whether a passkey can log in here: the server has the package for them, as its schema says, and the browser has them. */
export function useHasPasskeys(): boolean {
  const [has, setHas] = useState(false);
  useEffect(() => {
    if (!browserSupportsWebAuthn()) return;
    fetchData(LogInWaysDocument, {})
      .then(({ __type }) =>
        setHas(__type?.fields?.some(({ name }) => name === 'passkeyOptions') ?? false),
      )
      // Without an answer, the password is asked for.
      .catch(() => {});
  }, []);
  return has;
}
