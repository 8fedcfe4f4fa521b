import { Fact } from '../parts/fact.tsx';
import { KeptButton } from '../parts/kept-button.tsx';
import { Time } from '../parts/time.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { DeleteDialog, DisableDialog, EnableDialog } from './account-dialogs.tsx';
import { LastAdmin, lastAdminId, useIsLastAdmin } from './last-admin.tsx';
import type { Person } from './person.ts';
import type { PersonPermissions } from './person-permissions.ts';
import { useIsOwn } from './use-is-own.ts';

interface DetailsPartProps {
  readonly person: Person;
  readonly may: PersonPermissions;
}

/** What is seldom needed of a user, and what closes the account. */
export function DetailsPart({ person, may }: DetailsPartProps) {
  return (
    <section className="stack" aria-label="Details">
      <dl className="facts panel">
        <Fact name="Created">
          <Time at={person.createdAt} isExact />
        </Fact>
        <Fact name="Id">
          <code>{person.id}</code>
        </Fact>
      </dl>
      <CloseAccount person={person} may={may} />
    </section>
  );
}

function CloseAccount({ person, may }: DetailsPartProps) {
  const { dialog, open } = useDialog();
  const isOwn = useIsOwn(person);
  const isLastAdmin = useIsLastAdmin(person);
  const keptBy = isLastAdmin ? lastAdminId : undefined;
  const isActive = person.disabledAt === null;
  const [mayDisable, mayEnable, mayDelete] = [
    may.includes('disable') && isActive,
    may.includes('enable') && !isActive,
    may.includes('delete'),
  ];
  if ((!mayDisable && !mayEnable && !mayDelete) || isLastAdmin === undefined) return null;
  if (isOwn) {
    return (
      <p className="quiet">
        You cannot disable or delete your own account here. Another administrator can.
      </p>
    );
  }
  const disable = () => open((onClose) => <DisableDialog person={person} onClose={onClose} />);
  const remove = () =>
    open((onClose) => (
      <DeleteDialog
        person={person}
        onClose={onClose}
        onDisable={mayDisable ? disable : undefined}
      />
    ));
  return (
    <section className="panel stack" aria-labelledby="close-account">
      <h2 id="close-account">Close this account</h2>
      {isLastAdmin && <LastAdmin />}
      <p>Disabling prevents logins and ends all sessions, and can be undone. Deleting cannot.</p>
      <div className="actions">
        {mayDisable && (
          <KeptButton keptBy={keptBy} onClick={disable}>
            Disable
          </KeptButton>
        )}
        {mayEnable && (
          <button
            type="button"
            onClick={() => open((onClose) => <EnableDialog person={person} onClose={onClose} />)}
          >
            Enable
          </button>
        )}
        {mayDelete && (
          <KeptButton kind="danger" keptBy={keptBy} onClick={remove}>
            Delete
          </KeptButton>
        )}
      </div>
      {dialog}
    </section>
  );
}
