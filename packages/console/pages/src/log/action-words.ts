/** Actions of one kind, in words that follow the name of who did it. */
interface ActionKind {
  readonly kind: string;
  readonly actions: Readonly<Record<string, string>>;
}

/** The actions that Gatehouse and its packages record. Those of a project keep their names. */
export const actionKinds: readonly ActionKind[] = [
  {
    kind: 'Logins',
    actions: {
      'login.succeeded': 'Logged in',
      'login.failed': 'Login failed',
      'login.limited': 'Further logins held back',
      'login.factor_due': 'Second factor requested',
    },
  },
  {
    kind: 'Sessions',
    actions: {
      'session.refreshed': 'Renewed a session',
      'session.reauthenticated': 'Logged in again',
      'session.proved': 'Confirmed identity for a change',
      'session.proof_refused': 'Identity not confirmed',
      'session.ended': 'Ended a session',
      'session.all_ended': 'Ended all sessions',
      'refresh.reused': 'Refresh token used twice',
    },
  },
  {
    kind: 'Groups',
    actions: {
      'membership.granted': 'Granted a group',
      'membership.revoked': 'Revoked a group',
      'place.invited': 'Invited into a place',
      'place.uninvited': 'Cancelled an invitation into a place',
      'group.renamed': 'Renamed a group',
      'group.dropped': 'Removed a group',
    },
  },
  {
    kind: 'Accounts',
    actions: {
      'user.created': 'Created a user',
      'user.signed_up': 'Signed up',
      'user.updated': 'Changed a user',
      'user.disabled': 'Disabled a user',
      'user.enabled': 'Enabled a user',
      'user.deleted': 'Deleted a user',
      'password.changed': 'Changed the password',
      'password.change_refused': 'Current password was wrong',
      'password.reset': 'Reset a password',
    },
  },
  {
    kind: 'API clients',
    actions: {
      'client.created': 'Created an API client',
      'client.secret_rotated': 'Replaced a secret',
      'client.disabled': 'Disabled an API client',
    },
  },
  {
    kind: 'Second factors',
    actions: {
      'otp.enrolled': 'Added an authenticator app',
      'passkey.added': 'Added a passkey',
      'factor.renamed': 'Renamed a factor',
      'factor.removed': 'Removed a factor',
      'factors.reset': 'Removed all factors',
      'otp.lost': 'Authenticator app lost with its key',
      'recovery_code.used': 'Used a recovery code',
      'recovery_codes.renewed': 'Replaced the recovery codes',
      'enrolment.opened': 'Opened the time to add a factor',
    },
  },
  {
    kind: 'Accounts elsewhere',
    actions: {
      'provider.linked': 'Linked an account elsewhere',
      'provider.unlinked': 'Unlinked an account elsewhere',
      'provider.disabled': 'Disabled an account elsewhere',
      'provider.enabled': 'Enabled an account elsewhere again',
      'provider.login_failed': 'Login with an account elsewhere failed',
      'provider.logout_failed': 'Logout by an identity provider was not valid',
    },
  },
  {
    kind: 'Mail',
    actions: {
      'user.invited': 'Invited a user',
      'invitation.accepted': 'Accepted an invitation',
      'invitation.cancelled': 'Cancelled an invitation',
      'password.reset_sent': 'Link for a new password sent',
      'password.reset_by_mail': 'Set a password by a link',
      'email.verification_sent': 'Link to confirm an address sent',
      'email.verified': 'Confirmed the address',
      'email.change_requested': 'Link to a new address sent',
      'email.changed': 'Changed the address by a link',
      'email.restored': 'Restored the earlier address by a link',
      'email.bounced': 'Mail came back',
      'email_undo.declined': 'Ended the links to earlier addresses',
      'link.made': 'Made a link for a mail',
    },
  },
  {
    kind: 'Other',
    actions: {
      'audit.pruned': 'Deleted old records',
      'access_history.pruned': 'Deleted the old history of access',
    },
  },
];

const words: ReadonlyMap<string, string> = new Map(
  actionKinds.flatMap(({ actions }) => Object.entries(actions)),
);

/** Returns the words for an action, or its name. */
export const toActionWords = (action: string): string => words.get(action) ?? action;

/** Whether Gatehouse or one of its packages records the action. */
export const isKnownAction = (action: string): boolean => words.has(action);

const refusals: ReadonlySet<string> = new Set([
  'login.failed',
  'login.limited',
  'session.proof_refused',
  'password.change_refused',
  'refresh.reused',
]);

/** Whether something was tried without success. */
export const isRefusal = (action: string): boolean => refusals.has(action);
