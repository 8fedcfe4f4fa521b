import type { LanguageTexts } from '../mail-texts.ts';

export const de: LanguageTexts = {
  invitation: {
    subject: 'Einladung zu {site}',
    body: `Sie sind zu {site} eingeladen. Öffnen Sie den Link, um einen Benutzernamen und ein Passwort zu wählen. Wenn Sie schon ein Konto haben, können Sie die Einladung damit annehmen.

Eingeladen von: {inviter}

{link}

Der Link funktioniert einmal, {life} lang.

Wenn Sie diese Einladung nicht erwartet haben, ignorieren Sie diese E-Mail. Dann wird kein Konto angelegt.`,
    button: 'Einladung annehmen',
  },
  'sign-up': {
    subject: 'Ihr neues Konto bei {site}',
    body: `Für diese Adresse wurde ein Konto bei {site} angefordert. Öffnen Sie den Link, um einen Benutzernamen und ein Passwort zu wählen.

{link}

Der Link funktioniert einmal, {life} lang.

Wenn Sie kein Konto angefordert haben, ignorieren Sie diese E-Mail. Dann wird kein Konto angelegt.`,
    button: 'Konto anlegen',
  },
  'account-exists': {
    subject: 'Sie haben schon ein Konto bei {site}',
    body: `Für diese Adresse wurde ein neues Konto bei {site} angefordert. Es wurde nicht angelegt, weil Sie schon ein Konto haben. Sie können sich anmelden als:

{accounts}

Wenn Sie Ihr Passwort vergessen haben, fordern Sie auf der Anmeldeseite ein neues an.

Wenn Sie kein Konto angefordert haben, ignorieren Sie diese E-Mail. Es hat sich nichts geändert.`,
  },
  reset: {
    subject: 'Neues Passwort für {site}',
    body: `Für Ihr Konto bei {site} wurde ein neues Passwort angefordert. Öffnen Sie den Link, um es zu wählen. Danach enden alle Sitzungen des Kontos. Die zweiten Faktoren bleiben bestehen.

Konto: {username}

{link}

{accounts}

Ein Link funktioniert einmal, {life} lang.

Wenn Sie kein neues Passwort angefordert haben, ignorieren Sie diese E-Mail. Ihr Passwort bleibt, wie es ist.`,
    button: 'Neues Passwort wählen',
  },
  verification: {
    subject: 'Bestätigen Sie Ihre Adresse für {site}',
    body: `Öffnen Sie den Link, um zu bestätigen, dass dies die Adresse Ihres Kontos bei {site} ist.

Konto: {username}

{link}

Der Link funktioniert einmal, {life} lang.

Wenn dies nicht Ihr Konto ist, ignorieren Sie diese E-Mail. Dann wird die Adresse nicht bestätigt.`,
    button: 'Adresse bestätigen',
  },
  address: {
    subject: 'Bestätigen Sie Ihre neue Adresse für {site}',
    body: `Diese Adresse wurde als neue Adresse eines Kontos bei {site} eingetragen. Öffnen Sie den Link, um sie zu bestätigen. Bis dahin gehen E-Mails an die bisherige Adresse.

Konto: {username}

{link}

Der Link funktioniert einmal, {life} lang.

Wenn dies nicht Ihr Konto ist, ignorieren Sie diese E-Mail. Dann ändert sich die Adresse des Kontos nicht.`,
    button: 'Neue Adresse bestätigen',
  },
  undo: {
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
  'address-changed': {
    subject: 'Die Adresse Ihres Kontos bei {site} wurde geändert',
    body: `Die Adresse Ihres Kontos bei {site} wurde geändert. E-Mails zu diesem Konto gehen nicht mehr an diese Adresse.

Konto: {username}
Zeit: {time}

Wenn Sie diese Änderung weder vorgenommen noch gewünscht haben, wenden Sie sich an die Administration von {site}.`,
  },
  notice: {
    subject: '{event} ({site})',
    body: `{event}.

Konto: {username}
Gerät: {device}
Zeit: {time}

Wenn Sie das waren, oder die Administration auf Ihren Wunsch, müssen Sie nichts tun.

Wenn nicht, melden Sie sich an, ändern Sie Ihr Passwort und beenden Sie alle anderen Sitzungen. Wenn Sie sich nicht anmelden können, fordern Sie auf der Anmeldeseite ein neues Passwort an. Wenden Sie sich dann an die Administration von {site}.`,
  },
  events: {
    'email.changed': 'Die Adresse Ihres Kontos wurde geändert',
    'email.restored': 'Die frühere Adresse Ihres Kontos wurde wiederhergestellt',
    'email.verified': 'Die Adresse Ihres Kontos wurde bestätigt',
    'enrolment.opened':
      'Ihr Konto kann innerhalb von 24 Stunden einen neuen zweiten Faktor erhalten',
    'factor.removed': 'Ein zweiter Faktor Ihres Kontos wurde entfernt',
    'factor.renamed': 'Ein zweiter Faktor Ihres Kontos wurde umbenannt',
    'factors.reset': 'Alle zweiten Faktoren Ihres Kontos wurden entfernt',
    'membership.granted': 'Ihrem Konto wurde eine Gruppe hinzugefügt',
    'otp.enrolled': 'Ihrem Konto wurde eine Authenticator-App hinzugefügt',
    'otp.lost':
      'Die Authenticator-App Ihres Kontos funktioniert nicht mehr: richten Sie sie neu ein',
    'passkey.added': 'Ihrem Konto wurde ein Passkey hinzugefügt',
    'password.changed': 'Das Passwort Ihres Kontos wurde geändert',
    'password.reset': 'Die Administration hat ein neues Passwort für Ihr Konto gesetzt',
    'password.reset_by_mail': 'Das Passwort Ihres Kontos wurde über den Link einer E-Mail geändert',
    'recovery_code.used': 'Ein Wiederherstellungscode Ihres Kontos wurde verwendet',
    'recovery_codes.renewed': 'Die Wiederherstellungscodes Ihres Kontos wurden durch neue ersetzt',
    'session.new_device': 'Ein neues Gerät hat sich bei Ihrem Konto angemeldet',
    'user.enabled': 'Ihr Konto wurde wieder aktiviert',
    'user.updated': 'Die Adresse Ihres Kontos wurde geändert',
    other: 'Die Anmeldung bei Ihrem Konto wurde geändert',
  },
};
