import type { Passwords } from '../authentication/password.ts';
import type { Login } from './session/login.ts';

/** What resolvers use beside stores and loaders. One of each in a process. */
export interface Services {
  readonly login: Login;
  readonly passwords: Passwords;
  readonly minPasswordLength: number;
  readonly serverInfo: { readonly name: string; readonly version: string };
}
