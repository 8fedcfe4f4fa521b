import { useDialog } from '../parts/use-dialog.ts';
import { DisableProgramDialog, RotateSecretDialog } from './program-dialogs.tsx';
import type { Program, ProgramPermissions } from './program-permissions.ts';

interface ProgramActionsProps {
  readonly program: Program;
  readonly may: ProgramPermissions;
}

/** The changes of a program. A disabled one has none: it cannot be enabled again. */
export function ProgramActions({ program, may }: ProgramActionsProps) {
  const { dialog, open } = useDialog();
  const isActive = program.disabledAt === null;
  return (
    <>
      {isActive && may.includes('rotate') && (
        <button
          type="button"
          onClick={() =>
            open((onClose) => <RotateSecretDialog program={program} onClose={onClose} />)
          }
        >
          Replace the secret
        </button>
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
