/** The parts of the page about the viewer's own account, by the end of their address. */
export const accountParts = [
  { name: '', text: 'Profile' },
  { name: 'sign-in', text: 'Sign-in' },
  { name: 'sessions', text: 'Sessions' },
  { name: 'access', text: 'My access' },
  { name: 'history', text: 'What happened' },
] as const;

export type AccountPart = (typeof accountParts)[number]['name'];
