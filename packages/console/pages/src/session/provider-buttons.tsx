import { leaveForProvider } from '@graphql-gatehouse/client/providers';
import { fetchData } from '../fetch-data.ts';
import { graphql } from '../generated/index.ts';
import { Button } from '../parts/button.tsx';
import type { LogInProvider } from './use-log-in-ways.ts';
import { type Purpose, returnTo } from './way-back.ts';

const BeginProviderLoginDocument = graphql(`
  mutation BeginProviderLogin($provider: Provider!, $returnTo: String!) {
    beginProviderLogin(provider: $provider, returnTo: $returnTo) { url challenge }
  }
`);

interface ProviderButtonsProps {
  readonly providers: readonly LogInProvider[];
  /** What a button does, before the name of the provider. */
  readonly action: string;
  readonly purpose: Purpose;
}

/** Sends the user to an identity provider, which sends the user back to this page. */
export const ProviderButtons = ({ providers, action, purpose }: ProviderButtonsProps) =>
  providers.map(({ name, label }) => (
    <Button key={name} onAction={() => leave(name, purpose)}>
      {action} {label}
    </Button>
  ));

async function leave(provider: string, purpose: Purpose): Promise<void> {
  const { beginProviderLogin } = await fetchData(BeginProviderLoginDocument, {
    provider,
    returnTo,
  });
  leaveForProvider({ ...beginProviderLogin, purpose });
}
