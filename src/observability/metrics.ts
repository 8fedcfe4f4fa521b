import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** An operation that has ended, as far as it is counted. Every text comes from a closed set. */
interface CountedOperation {
  readonly type: string | undefined;
  readonly outcome: string;
  readonly durationMs: number;
  /** The codes of the errors in the answer, each once. */
  readonly codes: readonly string[];
  /** The refused coordinates, and for each unmet requirement the groups: one of them would have been enough. */
  readonly denials: readonly {
    readonly coordinate: string;
    readonly code: string;
    readonly requires: readonly (readonly string[])[];
  }[];
}

/** Reads counts of a part by state, such as `{ running: 2, waiting: 5 }`. Undefined: there is no such part. */
type ReadLoad = () => Readonly<Record<string, number>> | undefined;

/** The parts whose load is read each time that the metrics are read. */
export interface Load {
  readonly hashQueue: ReadLoad;
  readonly loginCounters: ReadLoad;
  readonly databasePool: ReadLoad;
  readonly sockets: ReadLoad;
}

export interface Metrics {
  countOperation(operation: CountedOperation): void;
  /** `outcome` from a closed set. */
  countLogin(outcome: string): void;
  /** Ended sessions that this process has removed from the database. */
  countRemovedSessions(count: number): void;
  /** `route` as it was registered; undefined for a request that none takes. */
  countResponse(response: { readonly route: string | undefined; readonly status: number }): void;
  readonly contentType: string;
  /** Returns all metrics in Prometheus' text format. */
  print(): Promise<string>;
}

const durationBucketsSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60];

/**
 * Counts what happens, in a registry of its own.
 *
 * Labels are bounded: they are words of closed sets, coordinates of the schema and its groups, and never
 * what a client has written. A code outside `errorCodes` counts as OTHER.
 */
export function createMetrics(load: Load, errorCodes: readonly string[]): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const counters = createCounters(registers);
  registerLoad(load, registers);

  return {
    countOperation({ type = 'unknown', outcome, durationMs, codes, denials }) {
      counters.operations.observe({ type, outcome }, durationMs / 1000);
      for (const code of codes) {
        counters.errors.inc({ code: errorCodes.includes(code) ? code : 'OTHER' });
      }
      for (const { coordinate, code, requires } of denials) {
        const clauses = requires.length === 0 ? [[]] : requires;
        for (const groups of clauses) {
          counters.denials.inc({ coordinate, code, group: groups.join('|') });
        }
      }
    },
    countLogin: (outcome) => counters.logins.inc({ outcome }),
    countRemovedSessions: (count) => counters.removedSessions.inc(count),
    countResponse: ({ route = 'none', status }) => counters.responses.inc({ route, status }),
    contentType: registry.contentType,
    print: () => registry.metrics(),
  };
}

const createCounters = (registers: Registry[]) => ({
  operations: new Histogram({
    name: 'gatehouse_operation_duration_seconds',
    help: 'Duration and number of completed operations, by type and outcome.',
    labelNames: ['type', 'outcome'],
    buckets: durationBucketsSeconds,
    registers,
  }),
  errors: new Counter({
    name: 'gatehouse_errors_total',
    help: 'Operations that returned an error with this code.',
    labelNames: ['code'],
    registers,
  }),
  denials: new Counter({
    name: 'gatehouse_denials_total',
    help: 'Denials by coordinate and required groups; the groups are empty for a policy or a missing login.',
    labelNames: ['coordinate', 'code', 'group'],
    registers,
  }),
  responses: new Counter({
    name: 'gatehouse_http_responses_total',
    help: 'HTTP responses by route and status, including those that ran no operation.',
    labelNames: ['route', 'status'],
    registers,
  }),
  removedSessions: new Counter({
    name: 'gatehouse_removed_sessions_total',
    help: 'Ended sessions that were removed from the database by this process.',
    registers,
  }),
  logins: new Counter({
    name: 'gatehouse_logins_total',
    help: 'Login attempts by outcome.',
    labelNames: ['outcome'],
    registers,
  }),
});

function registerLoad(load: Load, registers: Registry[]): void {
  const gauge = (name: string, help: string, read: ReadLoad) =>
    new Gauge({
      name,
      help,
      labelNames: ['state'],
      registers,
      collect() {
        for (const [state, value] of Object.entries(read() ?? {})) this.set({ state }, value);
      },
    });
  gauge('gatehouse_password_hashes', 'Password hashes being computed and waiting.', load.hashQueue);
  gauge(
    'gatehouse_database_connections',
    'Database connections, and requests waiting for one.',
    load.databasePool,
  );
  gauge('gatehouse_websockets', 'Open WebSockets and running subscriptions.', load.sockets);
  gauge(
    'gatehouse_login_counters',
    'With a package that counts failed logins, such as redis, 1 for the store that counts now.',
    load.loginCounters,
  );
}
