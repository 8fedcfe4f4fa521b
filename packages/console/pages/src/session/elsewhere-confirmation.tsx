import type { Proof } from '@graphql-gatehouse/client';
import { useViewer } from '@graphql-gatehouse/client/react';
import { useEffect, useRef, useState } from 'react';
import { useData } from '../data.tsx';
import { graphql } from '../generated/index.ts';
import { nilId } from '../nil-id.ts';
import { explain } from './explain.ts';
import { openProvider, ProviderButtons } from './provider-buttons.tsx';
import { type LogInProvider, useLogInWays } from './use-log-in-ways.ts';
import { onBrought } from './way-back.ts';

const LinkedProvidersDocument = graphql(`
  query LinkedProviders($id: ID!) {
    user(id: $id) {
      id
      identities { provider disabledAt }
    }
  }
`);

interface ConfirmationProps {
  readonly onProof: (proof: Proof) => Promise<void>;
}

/** Confirms who the viewer is by an account elsewhere, where its provider says when its users log in. */
export function ElsewhereConfirmation({ onProof }: ConfirmationProps) {
  const { providers } = useLogInWays();
  const able = providers.filter(({ confirms }) => confirms > 0);
  return able.length === 0 ? null : <LinkedProviders providers={able} onProof={onProof} />;
}

interface LinkedProvidersProps extends ConfirmationProps {
  readonly providers: readonly LogInProvider[];
}

function LinkedProviders({ providers, onProof }: LinkedProvidersProps) {
  const { principal } = useViewer();
  const { data } = useData(LinkedProvidersDocument, { id: principal?.id ?? nilId });
  const [problem, setProblem] = useState<string>();
  const begun = useRef<string>(undefined);
  useEffect(
    () =>
      onBrought((brought) => {
        if (brought.challenge !== begun.current) return;
        begun.current = undefined;
        if (brought.outcome === 'failed') return setProblem(notConfirmed);
        onProof({ provider: { code: brought.code } }).catch((error: unknown) =>
          setProblem(explain(error, notConfirmed)),
        );
      }),
    [onProof],
  );

  async function open(provider: string): Promise<void> {
    setProblem(undefined);
    begun.current = await openProvider(provider);
  }

  const usable = data?.user?.identities.filter(({ disabledAt }) => disabledAt === null) ?? [];
  const linked = providers.filter(({ name }) => usable.some(({ provider }) => provider === name));
  if (linked.length === 0) return null;
  return (
    <>
      <p className="quiet">An account elsewhere opens in a window of its own.</p>
      <div className="actions">
        <ProviderButtons providers={linked} action="Confirm with" onChoose={open} />
      </div>
      <p className="problem" role="alert">
        {problem}
      </p>
    </>
  );
}

const notConfirmed = 'The other account has not confirmed who you are.';
