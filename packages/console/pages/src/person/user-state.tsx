import { Time } from '../parts/time.tsx';

/** Whether a user or a program can log in. */
export const UserState = ({ disabledAt }: { readonly disabledAt: string | null }) =>
  disabledAt === null ? (
    <span className="quiet">active</span>
  ) : (
    <span className="warn">
      disabled <Time at={disabledAt} />
    </span>
  );
