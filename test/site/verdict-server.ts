import { createServer, type RequestListener } from 'node:http';
import { createAuthorization, type Viewer } from '@graphql-gatehouse/authorization';
import { createEnvelopPlugin } from '@graphql-gatehouse/authorization/envelop';
import { type GraphQLSchema, isAbstractType, isCompositeType, isEnumType } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { now } from '../../site/try/build.ts';
import type { PolicyAnswer, TryState } from '../../site/try/state.ts';
import { accept, contentType } from '../authorization/host-answer.ts';
import { createWorld } from '../authorization/world.ts';
import { listenLocally } from '../support/listen-locally.ts';

/** What policies are taken to say that depend. */
export type Assumed = Exclude<PolicyAnswer, 'depends'>;

/** An answer over HTTP. */
export interface ServedAnswer {
  readonly status: number;
  readonly challenge: string | null;
  readonly text: string;
}

/** The request of a client, and what the server is to take for granted about it. */
export interface AskedState {
  readonly state: TryState;
  readonly assumed: Assumed;
  readonly prefer?: string;
}

/** A server that answers one request at a time. */
export interface VerdictServer {
  /** Guards the schema that is served next. @throws {Error} for one with which no server starts. */
  serve(sdl: string): void;
  ask(asked: AskedState): Promise<ServedAnswer>;
  stop(): Promise<void>;
}

interface ServedContext {
  readonly viewer: Viewer;
  readonly admits: (policy: string) => boolean;
}

/** Starts GraphQL Yoga. Its policies are the answers of a state, and every id names a row. */
export async function startVerdictServer(): Promise<VerdictServer> {
  let handle: RequestListener = () => undefined;
  let context: ServedContext | undefined;
  const { port, stop } = await listenLocally(
    createServer((request, response) => handle(request, response)),
  );
  return {
    stop,
    serve(sdl) {
      const yoga = createYoga<object, ServedContext>({
        ...guard(createWorld(sdl)),
        context: () => {
          if (context === undefined) throw new Error('unreachable');
          return context;
        },
        maskedErrors: false,
        logging: false,
      });
      handle = (request, response) => yoga(request, response);
    },
    async ask({ state, assumed, prefer }) {
      context = toContext(state, assumed);
      const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
        method: 'POST',
        headers: { 'content-type': contentType, accept, ...(prefer && { prefer }) },
        body: toBody(state),
      });
      const challenge = response.headers.get('www-authenticate');
      return { status: response.status, challenge, text: await response.text() };
    },
  };
}

/** Variables are a text of JSON already. */
function toBody({ operation, operationName, variables }: TryState): string {
  const name = operationName === '' ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  const values = variables === '' ? '' : `,"variables":${variables}`;
  return `{"query":${JSON.stringify(operation)}${name}${values}}`;
}

function toContext(state: TryState, assumed: Assumed): ServedContext {
  const answerOf = (policy: string) => state.policies.get(policy) ?? 'depends';
  return {
    viewer: toViewer(state),
    admits: (policy) => (answerOf(policy) === 'depends' ? assumed : answerOf(policy)) === 'allows',
  };
}

function toViewer({ groups, minutes, factors }: TryState): Viewer {
  if (groups === null) return { isAuthenticated: false, reason: 'TOKEN_MISSING' };
  const time = new Date(now.getTime() - minutes * 60_000);
  const authenticatedAt = {
    ...(factors > 0 && { PASSWORD: time }),
    ...(factors > 1 && { PASSKEY: time }),
  };
  return { isAuthenticated: true, groups: new Set(groups), authenticatedAt };
}

function guard(schema: GraphQLSchema) {
  const policies = schema.getType('Policy');
  const names = isEnumType(policies) ? policies.getValues().map(({ name }) => name) : [];
  const types = Object.values(schema.getTypeMap()).filter(isCompositeType);
  const authorization = createAuthorization<Viewer, ServedContext>(schema, {
    policies: Object.fromEntries(
      names.map((name) => [
        name,
        {
          reads: [],
          admits: (_viewer, _row, { admits }) => admits(name),
          where: () => ({}),
        },
      ]),
    ),
    types: Object.fromEntries(
      types.map((type) => {
        const possible = isAbstractType(type) ? schema.getPossibleTypes(type)[0] : undefined;
        const toRow = (id: unknown) => ({ id, __typename: possible?.name });
        return [type.name, { byIds: (ids) => ids.map(toRow) }];
      }),
    ),
    viewerOf: ({ viewer }) => viewer,
    now: () => now,
  });
  // As the server of Gatehouse names itself.
  const plugin = createEnvelopPlugin({ ...authorization, realm: 'gatehouse' });
  return { schema: authorization.schema, plugins: [plugin] };
}
