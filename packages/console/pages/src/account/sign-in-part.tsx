import { useDialog } from '../parts/use-dialog.ts';
import type { AccountPermissions } from './account-permissions.ts';
import { ChangePasswordDialog } from './change-password-dialog.tsx';
import { OwnFactors } from './own-factors.tsx';
import { OwnIdentities } from './own-identities.tsx';

/** What the viewer logs in with. */
export const SignInPart = ({ may }: { readonly may: AccountPermissions }) => (
  <>
    {may.includes('password') && <Password />}
    {may.includes('factors') && <OwnFactors may={may} />}
    {may.includes('identities') && <OwnIdentities may={may} />}
  </>
);

function Password() {
  const { dialog, open } = useDialog();
  return (
    <section className="stack" aria-labelledby="password">
      <h2 id="password">Password</h2>
      <p className="quiet">
        Change it when another person may know it. Your other sessions end then.
      </p>
      <div className="actions">
        <button
          type="button"
          onClick={() => open((onClose) => <ChangePasswordDialog onClose={onClose} />)}
        >
          Change the password
        </button>
      </div>
      {dialog}
    </section>
  );
}
