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
  readonly onChoose: (provider: string) => Promise<unknown>;
}

/** A button for each identity provider. */
export const ProviderButtons = ({ providers, action, onChoose }: ProviderButtonsProps) =>
  providers.map(({ name, label }) => (
    <Button key={name} onAction={() => onChoose(name)}>
      {action} {label}
    </Button>
  ));

/** Sends the user to an identity provider, which sends the user back to this page. */
export const leaveFor =
  (purpose: Purpose) =>
  async (provider: string): Promise<void> =>
    leaveForProvider({ ...(await begin(provider)), purpose, provider });

/**
 * Sends the user to an identity provider in another window: the page keeps what waits for the answer. Resolves with the challenge,
 * which comes back with the user.
 *
 * @throws {DOMException} when the browser opens no window.
 */
export async function openProvider(provider: string): Promise<string> {
  // Before anything is awaited: browsers open windows for clicks alone.
  const opened = window.open('', '_blank', 'popup,width=600,height=700');
  if (opened === null) {
    throw new DOMException('allow this page to open windows.', 'InvalidAccessError');
  }
  try {
    const begun = await begin(provider);
    leaveForProvider({ ...begun, purpose: 'confirm', provider, window: opened });
    return begun.challenge;
  } catch (error) {
    opened.close();
    throw error;
  }
}

async function begin(provider: string) {
  const { beginProviderLogin } = await fetchData(BeginProviderLoginDocument, {
    provider,
    returnTo,
  });
  return beginProviderLogin;
}
