import type { Outcome } from '@graphql-gatehouse/authorization/decision';
import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from 'react';
import type { TypedDocument } from './documents.ts';
import type { GatehouseClient } from './gatehouse-client.ts';
import type { RegisteredCoordinate } from './index.ts';
import { type Depending, decideTarget, isAsked, isPermitted, type Target } from './target.ts';
import type { Viewer } from './viewer.ts';

const Context = createContext<GatehouseClient | undefined>(undefined);

/** Provides a client to the components below. For server rendering, create one for each request, with its `viewer`. */
export const GatehouseProvider = ({
  client,
  children,
}: {
  readonly client: GatehouseClient;
  readonly children?: ReactNode;
}): ReactNode => createElement(Context.Provider, { value: client }, children);

/** Returns the client. @throws {Error} outside of a `GatehouseProvider`. */
export function useGatehouse(): GatehouseClient<RegisteredCoordinate> {
  const client = useContext(Context);
  if (client === undefined) throw new Error('useGatehouse needs a GatehouseProvider above it.');
  return client;
}

/** Returns who uses this page, and renders again after each change. */
export function useViewer(): Viewer {
  const { viewer, subscribe } = useGatehouse();
  return useSyncExternalStore(subscribe, viewer, viewer);
}

/** Decides a coordinate or an operation, like `can` of the client, and renders again when the viewer changes. */
export const useCan: GatehouseClient<RegisteredCoordinate>['can'] = (
  target: Target,
  variables?: object,
): Outcome => {
  const client = useGatehouse();
  useViewer();
  return decideTarget(client, target, variables);
};

/** The properties of {@link Can}. Variables may be left out when an operation has none, or only optional ones. */
type CanProps<Variables extends object> = {
  /** The operation that a click would run, or a coordinate. */
  readonly run: TypedDocument<unknown, Variables> | RegisteredCoordinate;
  /** Shown to a viewer who may not, and until the server has answered. */
  readonly fallback?: ReactNode;
  /** What is shown where the decision depends on data. By default the server is asked. */
  readonly depends?: Depending;
  readonly children?: ReactNode;
} & (Record<string, never> extends Variables
  ? { readonly variables?: Variables }
  : { readonly variables: Variables });

/** Shows its children to viewers who may run an operation. Asks the server where that depends on data. */
export function Can<Variables extends object>({
  run,
  variables,
  fallback = null,
  depends = 'ask',
  children,
}: CanProps<Variables>): ReactNode {
  const outcome = useDecision(run, variables, depends);
  return isPermitted(outcome, depends, useViewer()) ? children : fallback;
}

/** An answer of the server, and the question that it belongs to. */
interface Asked {
  readonly run: unknown;
  readonly key: string;
  readonly viewer: Viewer;
  readonly outcome: Outcome;
}

function useDecision(run: Target, variables: object | undefined, depends: Depending): Outcome {
  const client = useGatehouse();
  const viewer = useViewer();
  const [asked, setAsked] = useState<Asked>();
  // Variables are compared by value: a new object for each rendering is not a new question.
  const key = JSON.stringify(variables ?? {});
  const document = typeof run === 'string' ? undefined : run;
  const known = decideTarget(client, run, variables);
  const isAsking = isAsked(known, depends, viewer);

  useEffect(() => {
    if (!isAsking || document === undefined) return undefined;
    let isCurrent = true;
    const take = (outcome: Outcome) => {
      if (isCurrent) setAsked({ run: document, key, viewer, outcome });
    };
    client.ask(document, JSON.parse(key)).then(take, () => take('depends'));
    return () => {
      isCurrent = false;
    };
  }, [client, document, key, viewer, isAsking]);

  if (known !== 'depends') return known;
  const isAnswered = asked?.run === run && asked.key === key && asked.viewer === viewer;
  return isAnswered ? asked.outcome : 'depends';
}
