import { KeptButton } from '../parts/kept-button.tsx';
import { useDialog } from '../parts/use-dialog.ts';
import { factorLackedId } from './factor-lacked.tsx';
import { DisableProgramDialog, RotateSecretDialog } from './program-dialogs.tsx';
import type { Program, ProgramPermissions } from './program-permissions.ts';

interface ProgramActionsProps {
  readonly program: Program;
  readonly may: ProgramPermissions;
  /** Whether the server would refuse a new secret, as {@link FactorLacked} says. */
  readonly isFactorLacked: boolean;
}

/** The changes of a program. A disabled one has none: it cannot be enabled again. */
export function ProgramActions({ program, may, isFactorLacked }: ProgramActionsProps) {
  const { dialog, open } = useDialog();
  const isActive = program.disabledAt === null;
  return (
    <>
      {isActive && may.includes('rotate') && (
        <KeptButton
          keptBy={isFactorLacked ? factorLackedId : undefined}
          onClick={() =>
            open((onClose) => <RotateSecretDialog program={program} onClose={onClose} />)
          }
        >
          Replace the secret
        </KeptButton>
      )}
      {isActive && may.includes('disable') && (
        <button
          type="button"
          className="danger"
          onClick={() =>
            open((onClose) => <DisableProgramDialog program={program} onClose={onClose} />)
          }
        >
          Disable
        </button>
      )}
      {dialog}
    </>
  );
}
