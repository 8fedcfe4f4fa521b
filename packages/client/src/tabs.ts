/** The tokens that `login`, `refresh` and `changePassword` return. */
export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A message to the other tabs: by default, that the viewer may have changed. */
export interface Message {
  /** Asks for the tokens, in place of saying which they are. */
  readonly isQuestion?: boolean;
  readonly tokens?: Tokens | undefined;
  /** Whether the session is the one that it was. */
  readonly isSame?: boolean;
}

interface Channel {
  onmessage: ((event: { readonly data: Message }) => void) | null;
  postMessage(message: Message): void;
  close(): void;
  unref?(): void;
}
declare const BroadcastChannel: new (name: string) => Channel;

export type Tabs = ReturnType<typeof openTabs>;

/** Connects the tabs of one browser that have a client of the same name. */
export function openTabs(name: string, onMessage: (message: Message) => void) {
  const channel = new BroadcastChannel(name);
  let heard = (): void => {};
  // Of Node.js: the channel must not keep the process alive.
  channel.unref?.();
  channel.onmessage = ({ data }) => {
    onMessage(data);
    if (!data.isQuestion) heard();
  };

  return {
    name,
    post: (message: Message): void => channel.postMessage(message),
    /** Resolves after the next message that is no question. */
    nextMessage: (): Promise<void> =>
      new Promise((resolve) => {
        heard = resolve;
      }),
    close: (): void => channel.close(),
  };
}
