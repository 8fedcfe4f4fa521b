import {
  type AuditedRead,
  type Authorization,
  type AuthorizationOptions,
  createAdmit,
  createAuthorization,
  type Delivery,
  directiveTypeDefs,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { makeExecutableSchema } from '@graphql-tools/schema';
import type { IResolvers } from '@graphql-tools/utils';
import { type ExecutionArgs, type ExecutionResult, execute, parse } from 'graphql';
import { anonymous, holding, type TestContext } from './fixtures.ts';

/** Viewers of the group NURSE, and of none. */
export const nurse: TestContext = { viewer: holding('NURSE') };
export const visitor: TestContext = { viewer: anonymous };

export const groups = `${directiveTypeDefs({ policy: undefined })} enum Group { NURSE }`;

/** A guarded schema, and what was recorded of its reads. */
export interface AuditedWorld {
  readonly authorization: Authorization<TestContext>;
  readonly deliveries: Delivery<TestContext>[];
  /** Lets the record of every read fail from now on. */
  failsWith(error: unknown): void;
}

export function createAuditedWorld(
  sdl: string,
  resolvers: IResolvers<unknown, TestContext>,
  options: Partial<AuthorizationOptions<Viewer, TestContext>> = {},
): AuditedWorld {
  const deliveries: Delivery<TestContext>[] = [];
  let failure: { readonly error: unknown } | undefined;
  const schema = makeExecutableSchema({ typeDefs: [groups, sdl], resolvers });
  const authorization = createAuthorization<Viewer, TestContext>(schema, {
    policies: {},
    viewerOf: ({ viewer }) => viewer,
    async onDelivered(delivery) {
      if (failure !== undefined) throw failure.error;
      deliveries.push(delivery);
    },
    ...options,
  });
  return {
    authorization,
    deliveries,
    failsWith(error) {
      failure = { error };
    },
  };
}

type Request = Omit<ExecutionArgs, 'schema'>;
type Execute = (
  authorization: Authorization<TestContext>,
  request: Request,
) => Promise<ExecutionResult>;

/** The ways to execute an operation of a guarded schema. */
export const executors: readonly { readonly by: string; readonly run: Execute }[] = [
  { by: 'graphql-js', run: async ({ schema }, request) => execute({ schema, ...request }) },
  {
    by: 'authorization.execute',
    async run({ schema, execute: run }, request) {
      await run({ schema, ...request, operationName: 'unknown' });
      return run({ schema, ...request });
    },
  },
];

/** Admits, executes and finishes an operation, with a context of its own. */
export async function askAudited(
  { authorization }: AuditedWorld,
  { query, context, prefer, run, variableValues }: AuditedRequest,
) {
  const request = { document: parse(query), contextValue: { ...context }, variableValues };
  const admission = await createAdmit(authorization)({ ...request, prefer });
  if (admission.kind === 'answered') return admission;
  return admission.finish(await run(authorization, request));
}

export interface AuditedRequest {
  readonly query: string;
  readonly context: TestContext;
  readonly run: Execute;
  readonly prefer?: string;
  readonly variableValues?: Readonly<Record<string, unknown>>;
}

/** Returns reads as short texts, such as `Patient.ssn of Patient 1,2`. */
export const toTexts = (reads: readonly AuditedRead[]): readonly string[] =>
  reads.map(({ coordinate, type, ids }) =>
    type === undefined ? coordinate : `${coordinate} of ${type} ${ids.join(',')}`,
  );
