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

/** The parts of the Web Locks API, which Node.js 20 lacks, and of BroadcastChannel that are used. */
interface Locks {
  request<T>(
    name: string,
    options: { readonly ifAvailable?: boolean },
    work: (lock: unknown) => Promise<T>,
  ): Promise<T>;
}
interface Channel {
  onmessage: ((event: { readonly data: Message }) => void) | null;
  postMessage(message: Message): void;
  close(): void;
  unref?(): void;
}
declare const navigator: { readonly locks?: Locks } | undefined;
declare const BroadcastChannel: new (name: string) => Channel;

/** The maximum time to wait for a message of another tab, in milliseconds. */
const patienceMs = 1000;

export type Tabs = ReturnType<typeof openTabs>;

/** Connects the tabs of one browser that have a client of the same name. */
export function openTabs(name: string, onMessage: (message: Message) => void) {
  const channel = new BroadcastChannel(name);
  const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
  let heard = (): void => {};
  // Of Node.js: the channel must not keep the process alive.
  channel.unref?.();
  channel.onmessage = ({ data }) => {
    onMessage(data);
    heard();
  };

  /** Resolves after the next message, or after `ms`. */
  const nextMessage = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      heard = resolve;
      setTimeout(resolve, ms);
    });

  return {
    post: (message: Message): void => channel.postMessage(message),
    nextMessage,
    /** Does `work` while no other tab does. If one does now, waits for it and for its message first. */
    alone<T>(work: () => Promise<T>): Promise<T> {
      if (!locks) return work();
      return locks.request(name, { ifAvailable: true }, (lock) => {
        if (lock) return work();
        const message = nextMessage(patienceMs);
        return locks.request(name, {}, () => message.then(work));
      });
    },
    close: (): void => channel.close(),
  };
}
