import type { ExecutionResult } from 'graphql';
import type { Viewer } from '../authentication/viewer.ts';
import type { RequestSource } from '../values/request-source.ts';
import type { RouteRules } from '../values/route.ts';

/** One operation that a route runs for the viewer of its request. */
export interface RoutedOperation {
  readonly query: string;
  readonly operationName?: string | undefined;
  readonly variables?: Readonly<Record<string, unknown>> | undefined;
}

/** The answer of an operation. `status` and `headers` are those that it would have at `/graphql`. */
export interface RoutedResult {
  readonly status: number;
  /** Such as `www-authenticate` and `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly result: ExecutionResult;
}

/** One request for a route. */
export interface RouteCall {
  /** With its whole body, and without credentials that the route does not take. Its signal aborts when its time is over. */
  readonly request: Request;
  /** Anonymous, with the reason, where the credentials are not accepted. */
  readonly viewer: Viewer;
  readonly client: RequestSource;
  readonly requestId: string;
  /** The secret that `browserSession.setMark` gave this browser, also when another site has sent it here. */
  readonly browserMark: string | undefined;
  /**
   * Runs a query, and on other methods than GET a mutation, as `/graphql` does: with its limits, rules, record and log. It
   * sets no cookie. Never rejects.
   */
  readonly operate: (operation: RoutedOperation) => Promise<RoutedResult>;
}

/** A route of a package, with its name for the log. */
export interface Route extends RouteRules {
  readonly name: string;
  readonly run: (call: RouteCall) => Promise<Response>;
}
