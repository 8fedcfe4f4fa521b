import { readWayBack } from '@graphql-gatehouse/client/providers';

/** What the user has brought from an identity provider. Read before the address is. */
let wayBack = readWayBack();

type Brought = NonNullable<typeof wayBack>;

/** Joins a window that confirms who the user is with the page that has opened it. */
const windows = new BroadcastChannel('gatehouse-console-confirm');

if (wayBack?.purpose === 'confirm') {
  windows.postMessage(wayBack);
  window.close();
}

/** Calls a function with what users bring to other windows. Returns the function that ends that. */
export function onBrought(listener: (brought: Brought) => void): () => void {
  const hear = ({ data }: MessageEvent<Brought>) => listener(data);
  windows.addEventListener('message', hear);
  return () => windows.removeEventListener('message', hear);
}

/** Where a provider sends the user back: the address of the console. */
export const returnTo: string = new URL('.', document.baseURI).href;

/** Takes what was brought for a purpose, once. */
export function takeWayBack(purpose: Purpose): Brought | undefined {
  if (wayBack === undefined || (wayBack.purpose ?? 'log in') !== purpose) return undefined;
  const taken = wayBack;
  wayBack = undefined;
  return taken;
}

/** What the console goes on with when its user comes back. */
export type Purpose = 'log in' | 'confirm' | 'link';
