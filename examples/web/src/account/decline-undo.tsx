import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { OwnFactorsDocument } from '../factors/factor-documents.ts';
import { gatehouse } from '../gatehouse.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { DeclineEmailUndoDocument } from './account-documents.ts';

/** Ends the links that would restore earlier addresses: for users of a second factor, whose proof it needs. */
export function DeclineUndo() {
  const { data } = useQuery(OwnFactorsDocument);
  const [isDone, setIsDone] = useState(false);
  if (data?.me === undefined || data.me === null || data.me.secondFactors.length === 0) return null;

  async function decline(): Promise<void> {
    await gatehouse.fetch(DeclineEmailUndoDocument);
    setIsDone(true);
  }

  return (
    <section aria-labelledby="earlier-addresses">
      <h3 id="earlier-addresses">Earlier addresses</h3>
      <p>
        After a change, the earlier address gets a link that restores it. If a stranger reads the
        earlier mailbox, end these links. You are asked for your password and a second factor.
      </p>
      <div className="actions">
        <ActionButton onAction={decline}>End these links</ActionButton>
        <p role="status">{isDone && 'The links have ended.'}</p>
      </div>
    </section>
  );
}
