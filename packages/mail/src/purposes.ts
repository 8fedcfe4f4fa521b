import { makeResets, makeSignUp } from './compose/make-links.ts';
import type { Purpose } from './purpose.ts';
import type { MailSettings } from './settings.ts';

const shortLife = ({ MAIL_LINK_SECONDS }: MailSettings): number => MAIL_LINK_SECONDS;
const verificationLife = ({ MAIL_VERIFICATION_SECONDS }: MailSettings): number =>
  MAIL_VERIFICATION_SECONDS;

/** How many links of one purpose an account can send in an hour, to whatever addresses. */
const maxAnHour = 5;

/** The action of a log-in by a device that an account has not used before. */
export const newDevice = 'session.new_device';

const sampleAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

export const invitation = {
  name: 'invitation',
  link: {
    lifeSeconds: ({ MAIL_INVITATION_SECONDS }) => MAIL_INVITATION_SECONDS,
    boundTo: 'address',
    cancels: 'none',
  },
  sample: () => ({ inviter: 'Grace Hopper' }),
  texts: {
    en: {
      subject: 'Invitation to {site}',
      body: `You are invited to {site}. Follow the link to choose a username and a password. If you have an account already, you can accept with it.

Invited by: {inviter}

{link}

The link works once, for {life}.

If you did not expect this invitation, ignore this mail. No account is created then.`,
      button: 'Accept the invitation',
    },
    de: {
      subject: 'Einladung zu {site}',
      body: `Sie sind zu {site} eingeladen. Öffnen Sie den Link, um einen Benutzernamen und ein Passwort zu wählen. Wenn Sie schon ein Konto haben, können Sie die Einladung damit annehmen.

Eingeladen von: {inviter}

{link}

Der Link funktioniert einmal, {life} lang.

Wenn Sie diese Einladung nicht erwartet haben, ignorieren Sie diese E-Mail. Dann wird kein Konto angelegt.`,
      button: 'Einladung annehmen',
    },
  },
} as const satisfies Purpose;

/** Lets who reads an address create an account with it. */
export const signUp = {
  name: 'sign-up',
  link: { lifeSeconds: shortLife, boundTo: 'address', cancels: 'alike' },
  request: { makeLinks: makeSignUp, ifExists: 'account-exists' },
  sample: () => ({}),
  texts: {
    en: {
      subject: 'Create your account at {site}',
      body: `An account at {site} was requested for this address. Follow the link to choose a username and a password.

{link}

The link works once, for {life}.

If you did not request an account, ignore this mail. No account is created then.`,
      button: 'Create the account',
    },
    de: {
      subject: 'Ihr neues Konto bei {site}',
      body: `Für diese Adresse wurde ein Konto bei {site} angefordert. Öffnen Sie den Link, um einen Benutzernamen und ein Passwort zu wählen.

{link}

Der Link funktioniert einmal, {life} lang.

Wenn Sie kein Konto angefordert haben, ignorieren Sie diese E-Mail. Dann wird kein Konto angelegt.`,
      button: 'Konto anlegen',
    },
  },
} as const satisfies Purpose;

export const reset = {
  name: 'reset',
  link: { lifeSeconds: shortLife, boundTo: 'address', cancels: 'alike', maxAnHour },
  request: { makeLinks: makeResets },
  listsAccounts: true,
  texts: {
    en: {
      subject: 'Choose a new password for {site}',
      body: `A new password was requested for your account at {site}. Follow the link to choose it. All sessions of the account end then, and its second factors stay.

Account: {username}

{link}

{accounts}

A link works once, for {life}.

If you did not request a new password, ignore this mail. Your password stays as it is.`,
      button: 'Choose a new password',
    },
    de: {
      subject: 'Neues Passwort für {site}',
      body: `Für Ihr Konto bei {site} wurde ein neues Passwort angefordert. Öffnen Sie den Link, um es zu wählen. Danach enden alle Sitzungen des Kontos. Die zweiten Faktoren bleiben bestehen.

Konto: {username}

{link}

{accounts}

Ein Link funktioniert einmal, {life} lang.

Wenn Sie kein neues Passwort angefordert haben, ignorieren Sie diese E-Mail. Ihr Passwort bleibt, wie es ist.`,
      button: 'Neues Passwort wählen',
    },
  },
} as const satisfies Purpose;

export const verification = {
  name: 'verification',
  link: { lifeSeconds: verificationLife, boundTo: 'address', cancels: 'alike', maxAnHour },
  isForStranger: true,
  texts: {
    en: {
      subject: 'Confirm your address for {site}',
      body: `Follow the link to confirm that this is the address of your account at {site}.

Account: {username}

{link}

The link works once, for {life}.

If this is not your account, ignore this mail. The address is not confirmed then.`,
      button: 'Confirm the address',
    },
    de: {
      subject: 'Bestätigen Sie Ihre Adresse für {site}',
      body: `Öffnen Sie den Link, um zu bestätigen, dass dies die Adresse Ihres Kontos bei {site} ist.

Konto: {username}

{link}

Der Link funktioniert einmal, {life} lang.

Wenn dies nicht Ihr Konto ist, ignorieren Sie diese E-Mail. Dann wird die Adresse nicht bestätigt.`,
      button: 'Adresse bestätigen',
    },
  },
} as const satisfies Purpose;

/** Verifies a new address before an account gets it. */
export const address = {
  name: 'address',
  // The account does not have its new address yet.
  link: { lifeSeconds: verificationLife, boundTo: 'password', cancels: 'bound', maxAnHour },
  isForStranger: true,
  texts: {
    en: {
      subject: 'Confirm your new address for {site}',
      body: `This address was entered as the new address of an account at {site}. Follow the link to confirm it. Until then, mails go to the earlier address.

Account: {username}

{link}

The link works once, for {life}.

If this is not your account, ignore this mail. The address of the account does not change then.`,
      button: 'Confirm the new address',
    },
    de: {
      subject: 'Bestätigen Sie Ihre neue Adresse für {site}',
      body: `Diese Adresse wurde als neue Adresse eines Kontos bei {site} eingetragen. Öffnen Sie den Link, um sie zu bestätigen. Bis dahin gehen E-Mails an die bisherige Adresse.

Konto: {username}

{link}

Der Link funktioniert einmal, {life} lang.

Wenn dies nicht Ihr Konto ist, ignorieren Sie diese E-Mail. Dann ändert sich die Adresse des Kontos nicht.`,
      button: 'Neue Adresse bestätigen',
    },
  },
} as const satisfies Purpose;

export const undo = {
  name: 'undo',
  // An earlier address is restored whatever has followed. Its links are limited by those that change the address.
  link: {
    lifeSeconds: ({ MAIL_UNDO_SECONDS }) => MAIL_UNDO_SECONDS,
    boundTo: 'nothing',
    cancels: 'bound',
  },
  texts: {
    en: {
      subject: 'The address of your account at {site} was changed',
      body: `The address of your account at {site} was changed. Mails about this account now go to another address.

Account: {username}
Time: {time}

If you made this change, you need to do nothing.

If it was not you, restore this address:

{link}

The link works once, for {life}. It also ends all sessions and all other links of the account. Second factors stay. Afterwards, request a new password on the login page.`,
      button: 'Restore this address',
    },
    de: {
      subject: 'Die Adresse Ihres Kontos bei {site} wurde geändert',
      body: `Die Adresse Ihres Kontos bei {site} wurde geändert. E-Mails zu diesem Konto gehen jetzt an eine andere Adresse.

Konto: {username}
Zeit: {time}

Wenn Sie das selbst waren, müssen Sie nichts tun.

Wenn Sie es nicht waren, stellen Sie diese Adresse wieder her:

{link}

Der Link funktioniert einmal, {life} lang. Er beendet auch alle Sitzungen und macht alle anderen Links des Kontos ungültig. Die zweiten Faktoren bleiben bestehen. Fordern Sie danach auf der Anmeldeseite ein neues Passwort an.`,
      button: 'Adresse wiederherstellen',
    },
  },
} as const satisfies Purpose;

/** Answers a sign-up for an address that an account has verified. */
export const accountExists = {
  name: 'account-exists',
  listsAccounts: true,
  texts: {
    en: {
      subject: 'You already have an account at {site}',
      body: `A new account at {site} was requested for this address. It was not created, because you already have an account. You can log in as:

{accounts}

If you forgot your password, request a new one on the login page.

If you did not request an account, ignore this mail. Nothing has changed.`,
    },
    de: {
      subject: 'Sie haben schon ein Konto bei {site}',
      body: `Für diese Adresse wurde ein neues Konto bei {site} angefordert. Es wurde nicht angelegt, weil Sie schon ein Konto haben. Sie können sich anmelden als:

{accounts}

Wenn Sie Ihr Passwort vergessen haben, fordern Sie auf der Anmeldeseite ein neues an.

Wenn Sie kein Konto angefordert haben, ignorieren Sie diese E-Mail. Es hat sich nichts geändert.`,
    },
  },
} as const satisfies Purpose;

/** Informs an earlier address that was not verified. */
export const addressChanged = {
  name: 'address-changed',
  isForStranger: true,
  texts: {
    en: {
      subject: 'The address of your account at {site} was changed',
      body: `The address of your account at {site} was changed. Mails about this account no longer go to this address.

Account: {username}
Time: {time}

If you neither made this change nor requested it, contact the administrators of {site}.`,
    },
    de: {
      subject: 'Die Adresse Ihres Kontos bei {site} wurde geändert',
      body: `Die Adresse Ihres Kontos bei {site} wurde geändert. E-Mails zu diesem Konto gehen nicht mehr an diese Adresse.

Konto: {username}
Zeit: {time}

Wenn Sie diese Änderung weder vorgenommen noch gewünscht haben, wenden Sie sich an die Administration von {site}.`,
    },
  },
} as const satisfies Purpose;

export const notice = {
  name: 'notice',
  sample: (action) => ({
    username: 'ada',
    action,
    userAgent: action === newDevice ? sampleAgent : undefined,
  }),
  texts: {
    en: {
      subject: '{event} ({site})',
      body: `{event}.

Account: {username}
Device: {device}
Time: {time}

If this was you, or an administrator at your request, you need to do nothing.

If not, log in, change your password and end all other sessions. If you cannot log in, request a new password on the login page. Then contact the administrators of {site}.`,
    },
    de: {
      subject: '{event} ({site})',
      body: `{event}.

Konto: {username}
Gerät: {device}
Zeit: {time}

Wenn Sie das waren, oder die Administration auf Ihren Wunsch, müssen Sie nichts tun.

Wenn nicht, melden Sie sich an, ändern Sie Ihr Passwort und beenden Sie alle anderen Sitzungen. Wenn Sie sich nicht anmelden können, fordern Sie auf der Anmeldeseite ein neues Passwort an. Wenden Sie sich dann an die Administration von {site}.`,
    },
  },
} as const satisfies Purpose;

/** All mails of the package: those with a link first. */
export const mailPurposes = [
  invitation,
  signUp,
  reset,
  verification,
  address,
  undo,
  accountExists,
  addressChanged,
  notice,
] as const;

export type MailPurpose = (typeof mailPurposes)[number]['name'];
