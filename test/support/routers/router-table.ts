import { type Answer, ask } from '../ask.ts';

/** A router, and the subgraphs behind it. */
export interface AskedRouter {
  readonly name: string;
  readonly url: string;
  /** Whether it answers as the subgraphs do. */
  readonly keepsAnswers: boolean;
}

/** An operation, and what is to be expected of a router that keeps answers. */
export interface RoutedOperation {
  readonly name: string;
  readonly query: string;
  /** The subgraph that can answer all of it: the router answers in the same way. */
  readonly subgraph?: string;
  /** Where several subgraphs are needed: the status and the code of each viewer. */
  readonly answers?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, unknown>>;
}

export interface RoutedViewer {
  readonly name: string;
  readonly token?: string;
}

/** What a client learns from an answer. */
export interface Outcome {
  readonly status: number;
  readonly code: string | undefined;
  readonly reason: string | undefined;
  readonly hasData: boolean;
  readonly challenges: boolean;
}

/** The outcome of one operation of one viewer through one router. */
export interface RouterRow {
  readonly viewer: string;
  readonly operation: string;
  readonly router: AskedRouter;
  readonly requests: number;
  readonly outcome: Outcome;
  /** Of the subgraph that is asked directly. */
  readonly direct: Outcome | undefined;
  /** The status and the code that are expected where several subgraphs are needed. */
  readonly expected: string | undefined;
}

export interface RouterWorld {
  readonly routers: readonly AskedRouter[];
  /** The URL of each subgraph, without the proxy that counts. */
  readonly subgraphs: Readonly<Record<string, string>>;
  /** How many requests have reached all subgraphs through routers. */
  requests(): number;
}

/** Asks for each operation as each viewer, through each router and directly. */
export async function askRouters(
  world: RouterWorld,
  operations: readonly RoutedOperation[],
  viewers: readonly RoutedViewer[],
): Promise<readonly RouterRow[]> {
  const rows: RouterRow[] = [];
  for (const operation of operations) {
    const { name, query, variables = {}, subgraph, answers } = operation;
    for (const { name: viewer, token } of viewers) {
      const options = { variables, ...(token === undefined ? {} : { token }) };
      const url = subgraph === undefined ? undefined : world.subgraphs[subgraph];
      const direct = url === undefined ? undefined : toOutcome(await ask(url, query, options));
      for (const router of world.routers) {
        const before = world.requests();
        const outcome = toOutcome(await ask(router.url, query, options));
        const requests = world.requests() - before;
        const expected = answers?.[viewer];
        rows.push({ viewer, operation: name, router, requests, outcome, direct, expected });
      }
    }
  }
  return rows;
}

const toOutcome = ({ status, code, reason, data, headers }: Answer): Outcome => ({
  status,
  code,
  reason,
  hasData: Object.values(data ?? {}).some((value) => value !== null),
  challenges: headers.has('www-authenticate'),
});

/** Rows as a Markdown table. */
export function printRows(rows: readonly RouterRow[]): string {
  const cells = rows.map(({ viewer, operation, router, requests, outcome }) => [
    viewer,
    operation,
    router.name,
    requests === 0 ? 'router' : 'subgraph',
    String(outcome.status),
    [...(outcome.hasData ? ['data'] : []), outcome.code ?? '', outcome.reason ?? '']
      .join(' ')
      .trim(),
    String(requests),
  ]);
  const head = ['viewer', 'operation', 'router', 'answered by', 'status', 'code', 'requests'];
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}
