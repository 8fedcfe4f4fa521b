/** Mails with a link, whose token a page of the application spends. */
export const linkPurposes = [
  'invitation',
  'sign-up',
  'reset',
  'verification',
  'address',
  'undo',
] as const;

export type LinkPurpose = (typeof linkPurposes)[number];

/** Mails without a link: a sign-up for an address that has an account, a changed address, and what happened. */
export const noticePurposes = ['account-exists', 'address-changed', 'notice'] as const;

export type NoticePurpose = (typeof noticePurposes)[number];

export type MailPurpose = LinkPurpose | NoticePurpose;

export const mailPurposes: readonly MailPurpose[] = [...linkPurposes, ...noticePurposes];

export const isLinkPurpose = (purpose: MailPurpose): purpose is LinkPurpose =>
  linkPurposes.some((each) => each === purpose);
