import type { LanguageTexts } from '../mail-texts.ts';

export const en: LanguageTexts = {
  invitation: {
    subject: 'Invitation to {site}',
    body: `You are invited to {site}. Follow the link to choose a user name and a password. If you have an account already, you can accept with it.

Invited by: {inviter}

{link}

The link works once, for {life}.

If you did not expect this invitation, ignore this mail. No account is created then.`,
    button: 'Accept the invitation',
  },
  'sign-up': {
    subject: 'Create your account at {site}',
    body: `An account at {site} was requested for this address. Follow the link to choose a user name and a password.

{link}

The link works once, for {life}.

If you did not request an account, ignore this mail. No account is created then.`,
    button: 'Create the account',
  },
  'account-exists': {
    subject: 'You already have an account at {site}',
    body: `A new account at {site} was requested for this address. It was not created, because you already have an account. You can log in as:

{accounts}

If you forgot your password, request a new one on the log-in page.

If you did not request an account, ignore this mail. Nothing has changed.`,
  },
  reset: {
    subject: 'Choose a new password for {site}',
    body: `A new password was requested for your account at {site}. Follow the link to choose it. All sessions of the account end then, and its second factors stay.

Account: {username}

{link}

{accounts}

A link works once, for {life}.

If you did not request a new password, ignore this mail. Your password stays as it is.`,
    button: 'Choose a new password',
  },
  verification: {
    subject: 'Confirm your address for {site}',
    body: `Follow the link to confirm that this is the address of your account at {site}.

Account: {username}

{link}

The link works once, for {life}.

If this is not your account, ignore this mail. The address is not confirmed then.`,
    button: 'Confirm the address',
  },
  address: {
    subject: 'Confirm your new address for {site}',
    body: `This address was entered as the new address of an account at {site}. Follow the link to confirm it. Until then, mails go to the earlier address.

Account: {username}

{link}

The link works once, for {life}.

If this is not your account, ignore this mail. The address of the account does not change then.`,
    button: 'Confirm the new address',
  },
  undo: {
    subject: 'The address of your account at {site} was changed',
    body: `The address of your account at {site} was changed. Mails about this account now go to another address.

Account: {username}
Time: {time}

If you made this change, you need to do nothing.

If it was not you, restore this address:

{link}

The link works once, for {life}. It also ends all sessions and all other links of the account. Second factors stay. Afterwards, request a new password on the log-in page.`,
    button: 'Restore this address',
  },
  'address-changed': {
    subject: 'The address of your account at {site} was changed',
    body: `The address of your account at {site} was changed. Mails about this account no longer go to this address.

Account: {username}
Time: {time}

If you neither made this change nor asked for it, contact the administrators of {site}.`,
  },
  notice: {
    subject: '{event} ({site})',
    body: `{event}.

Account: {username}
Device: {device}
Time: {time}

If this was you, or an administrator at your request, you need to do nothing.

If not, log in, change your password and end all other sessions. If you cannot log in, request a new password on the log-in page. Then contact the administrators of {site}.`,
  },
  events: {
    'email.changed': 'The address of your account was changed',
    'email.restored': 'The earlier address of your account was restored',
    'email.verified': 'The address of your account was confirmed',
    'enrolment.opened': 'Your account can get a new second factor within 24 hours',
    'factor.removed': 'A second factor was removed from your account',
    'factor.renamed': 'A second factor of your account was renamed',
    'factors.reset': 'All second factors of your account were removed',
    'membership.granted': 'A group was added to your account',
    'otp.enrolled': 'An authenticator app was added to your account',
    'otp.lost': 'The authenticator app of your account no longer works: add it again',
    'passkey.added': 'A passkey was added to your account',
    'password.changed': 'The password of your account was changed',
    'password.reset': 'An administrator set a new password for your account',
    'password.reset_by_mail': 'The password of your account was changed by the link of a mail',
    'recovery_code.used': 'A recovery code of your account was used',
    'recovery_codes.renewed': 'The recovery codes of your account were replaced by new ones',
    'session.new_device': 'A new device logged in to your account',
    'user.enabled': 'Your account was enabled again',
    'user.updated': 'The address of your account was changed',
    other: 'The way to log in to your account was changed',
  },
};
