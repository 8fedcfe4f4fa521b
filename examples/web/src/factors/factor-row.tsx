import { type FormEvent, useState } from 'react';
import { gatehouse } from '../gatehouse.ts';
import type { OwnFactorsQuery } from '../generated/graphql.ts';
import { ActionButton } from '../parts/action-button.tsx';
import { Time } from '../parts/time.tsx';
import { RemoveFactorDocument, RenameFactorDocument } from './factor-documents.ts';

interface FactorRowProps {
  readonly factor: NonNullable<OwnFactorsQuery['me']>['secondFactors'][number];
  readonly onChanged: () => Promise<unknown>;
}

const kinds = { OTP: 'Authenticator app', PASSKEY: 'Passkey' } as const;

/** A second factor, with what its owner can do. */
export function FactorRow({ factor, onChanged }: FactorRowProps) {
  const { id, kind, name, createdAt, lastUsedAt, isLost } = factor;
  const [newName, setNewName] = useState<string>();
  const remove = () => gatehouse.fetch(RemoveFactorDocument, { id }).then(onChanged);

  async function rename(): Promise<void> {
    await gatehouse.fetch(RenameFactorDocument, { id, name: newName ?? name });
    setNewName(undefined);
    await onChanged();
  }

  return (
    <li className="row">
      <div>
        <div>{name}</div>
        <div className="quiet">
          {kinds[kind]}, added <Time at={createdAt} />
          {lastUsedAt !== null && (
            <>
              , last used <Time at={lastUsedAt} />
            </>
          )}
          {isLost && '. The server has lost its key: add it again.'}
        </div>
      </div>
      {newName === undefined ? (
        <>
          <button type="button" aria-label={`Rename ${name}`} onClick={() => setNewName(name)}>
            Rename
          </button>
          <ActionButton label={`Remove ${name}`} onAction={remove}>
            Remove
          </ActionButton>
        </>
      ) : (
        <form className="grant" onSubmit={(event: FormEvent) => event.preventDefault()}>
          <input
            aria-label={`New name of ${name}`}
            value={newName}
            maxLength={64}
            // biome-ignore lint/a11y/noAutofocus: the button that was clicked is gone.
            autoFocus
            onChange={({ target }) => setNewName(target.value)}
          />
          <ActionButton onAction={rename}>Save</ActionButton>
        </form>
      )}
    </li>
  );
}
