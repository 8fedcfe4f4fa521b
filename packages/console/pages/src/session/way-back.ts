import { readWayBack } from '@graphql-gatehouse/client/providers';

/** What the user has brought from an identity provider. Read before the address is. */
let wayBack = readWayBack();

/** Where a provider sends the user back: the address of the console. */
export const returnTo: string = new URL('.', document.baseURI).href;

/** Takes what was brought for a purpose, once. */
export function takeWayBack(purpose: Purpose) {
  if (wayBack === undefined || (wayBack.purpose ?? 'log in') !== purpose) return undefined;
  const taken = wayBack;
  wayBack = undefined;
  return taken;
}

/** What the console goes on with when its user comes back. */
export type Purpose = 'log in' | 'confirm' | 'link';
