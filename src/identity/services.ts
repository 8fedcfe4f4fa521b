import type { Passwords } from '../authentication/password.ts';
import type { Viewer } from '../authentication/viewer.ts';
import type { FactorTable } from '../values/factor.ts';
import type { ApiClientIssuer } from './api-clients/api-client-issuer.ts';
import type { FindWithheld } from './groups/withheld-groups.ts';
import type { PlaceInvitations } from './places/invitations.ts';
import type { PlaceGrants } from './places/place-grants.ts';
import type { ChangePassword } from './sessions/change-password.ts';
import type { Logins } from './sessions/login/login.ts';
import type { CheckNewProof } from './sessions/proofs/proofs.ts';
import type { ProveInSession } from './sessions/proofs/prove-in-session.ts';
import type { Reauthenticate } from './sessions/proofs/reauthenticate.ts';
import type { Refresh } from './sessions/refresh.ts';
import type { NewUserRules } from './users/user.input.ts';

/** What resolvers use besides stores and loaders. Created once in a process. */
export interface Services extends Logins {
  readonly proveInSession: ProveInSession;
  readonly checkNewProof: CheckNewProof;
  readonly reauthenticate: Reauthenticate;
  readonly refresh: Refresh;
  readonly changePassword: ChangePassword;
  readonly passwords: Passwords;
  readonly apiClientIssuer: ApiClientIssuer;
  readonly newUserRules: NewUserRules;
  /** Returns the coordinates of the root fields that a viewer may call, from the compiled guards. */
  readonly accessOf: (viewer: Viewer) => readonly string[];
  /** Returns the hash of the schema with its guards. */
  readonly schemaHash: () => string;
  readonly findWithheld: FindWithheld;
  readonly placeGrants: PlaceGrants;
  readonly placeInvitations: PlaceInvitations;
  readonly factors: FactorTable;
  readonly serverInfo: { readonly name: string; readonly version: string };
}
