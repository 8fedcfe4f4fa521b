/** A subscription over server-sent events. */
export interface EventStream {
  readonly status: number;
  /** The next result; undefined when the stream has ended. */
  next(): Promise<EventResult | undefined>;
  stop(): Promise<void>;
}

export interface EventResult {
  readonly data?: Readonly<Record<string, unknown>> | null;
  readonly errors?: readonly { readonly extensions?: Readonly<Record<string, unknown>> }[];
}

/** Opens a subscription at a router. The results of a refusal come from `next` too. */
export async function openEventStream(
  url: string,
  query: string,
  token?: string,
): Promise<EventStream> {
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query }),
  });
  if (response.body === null) throw new Error('The answer has no body.');
  const results = readResults(response.body.pipeThrough(new TextDecoderStream()));
  return {
    status: response.status,
    async next() {
      const { value } = await results.next();
      return value;
    },
    async stop() {
      await results.return(undefined);
    },
  };
}

async function* readResults(
  chunks: ReadableStream<string>,
): AsyncGenerator<EventResult, undefined> {
  let text = '';
  for await (const chunk of chunks) {
    text += chunk;
    const messages = text.split('\n\n');
    text = messages.pop() ?? '';
    for (const message of messages) {
      const [, data] = /^data: ?(\{.*)$/m.exec(message) ?? [];
      if (data !== undefined) yield JSON.parse(data);
    }
  }
}
