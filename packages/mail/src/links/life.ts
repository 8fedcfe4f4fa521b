import type { LinkPurpose } from '../purposes.ts';
import type { MailSettings } from '../settings.ts';

/** Returns how long the links of a mail work, in seconds. */
export function lifeSecondsOf(settings: MailSettings, purpose: LinkPurpose): number {
  if (purpose === 'invitation') return settings.MAIL_INVITATION_SECONDS;
  if (purpose === 'undo') return settings.MAIL_UNDO_SECONDS;
  const isVerification = purpose === 'verification' || purpose === 'address';
  return isVerification ? settings.MAIL_VERIFICATION_SECONDS : settings.MAIL_LINK_SECONDS;
}
