import type { Page, Request } from 'playwright-core';

/** The traffic of a page with the API. */
export interface PageTraffic {
  /** The refusals that the page has received, over HTTP and over WebSocket: 401 and 403, each with its operation. */
  readonly refusals: readonly string[];
  /** What the page has sent over HTTP, and the answers. */
  readonly answers: readonly Answered[];
  /** Resolves when all requests have been answered and the page has rendered the answers. */
  settle(): Promise<void>;
}

/** An operation that was answered. */
export interface Answered {
  /** The name in the document, such as `CreateUser`. */
  readonly name: string;
  /** Whether it was only decided upon, and nothing ran. */
  readonly isDecision: boolean;
  readonly status: number;
  readonly text: string;
}

/**
 * Watches the traffic of a page. Who uses a page is known only after the first answer, so an anonymous viewer's
 * request for `viewer` is no refusal.
 */
export function watchTraffic(page: Page): PageTraffic {
  const refusals: string[] = [];
  const answers: Answered[] = [];
  const pending = new Set<Request>();

  page.on('request', (request) => pending.add(request));
  page.on('requestfailed', (request) => pending.delete(request));
  page.on('response', async (response) => {
    const request = response.request();
    const operation = request.postData() ?? request.url();
    const text = await response.text().catch(() => '');
    const [, name] = /\b(?:query|mutation) (\w+)/.exec(operation) ?? [];
    const isDecision = request.headers().prefer === 'decide-only';
    if (name !== undefined) answers.push({ name, isDecision, status: response.status(), text });
    const isRefusal = [401, 403].includes(response.status()) || refusalPattern.test(text);
    if (isRefusal && !operation.startsWith('{"query":"{viewer{')) {
      refusals.push(`${response.status()} ${operation} ${text}`);
    }
    pending.delete(request);
  });
  page.on('websocket', (socket) => {
    socket.on('socketerror', (error) => refusals.push(error));
    socket.on('framereceived', ({ payload }) => {
      if (refusalPattern.test(payload.toString())) refusals.push(payload.toString());
    });
  });

  const render = () =>
    page.evaluate(
      'new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))',
    );
  return {
    refusals,
    answers,
    async settle() {
      // What is rendered may send more.
      for (let quiet = 0; quiet < 2; quiet = pending.size === 0 ? quiet + 1 : 0) await render();
    },
  };
}

/** A document with code, outside of the decisions of `Prefer: decide-only`, where they are answers. */
const refusalPattern = /"errors":.*"code":"(?:UNAUTHENTICATED|FORBIDDEN)"/;
