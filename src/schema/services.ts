import type { Passwords } from '../authentication/password.ts';
import type { Viewer } from '../authentication/viewer.ts';
import type { ApiClientIssuer } from './api-client/api-client-issuer.ts';
import type { Events } from './events.ts';
import type { ChangePassword } from './session/change-password.ts';
import type { Login } from './session/login.ts';
import type { Refresh } from './session/refresh.ts';

/** What resolvers use beside stores and loaders. One of each in a process. */
export interface Services {
  readonly login: Login;
  readonly refresh: Refresh;
  readonly changePassword: ChangePassword;
  readonly passwords: Passwords;
  readonly apiClientIssuer: ApiClientIssuer;
  readonly minPasswordLength: number;
  /** What happens, for subscriptions. */
  readonly events: Events;
  /** The coordinates of the root fields that a viewer may call, from the compiled guards. */
  readonly accessOf: (viewer: Viewer) => readonly string[];
  readonly serverInfo: { readonly name: string; readonly version: string };
}
