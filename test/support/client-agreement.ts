import {
  type Authorization,
  createAuthorization,
  decide,
  type Policies,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import { ExplainError, type Explanation, explain } from '@graphql-gatehouse/authorization/reports';
import { coordinatesOf } from '@graphql-gatehouse/authorization/rules';
import type { GatehouseClient } from '@graphql-gatehouse/client';
import type { DocumentNode, GraphQLSchema } from 'graphql';
import { execute, getOperationAST, Kind } from 'graphql';
import type { OperationDecision } from '../../packages/authorization/src/enforcement/operation/decide-operation.ts';
import { scanConditions } from '../../packages/authorization/src/plan/plan-cache.ts';
import { type ClientProofs, createFrontEnd, type FrontEnd } from './client-documents.ts';

type Groups = readonly string[] | null;

/** An operation to decide in a front end and on a server. */
export interface AgreementCase {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Compares a front end with the server of one schema. */
export interface Agreement {
  /** Returns each coordinate that the client decides otherwise than the server, for every viewer. */
  coordinates(): readonly string[];
  /** Returns how the client, or `gatehouse explain`, decides an operation otherwise than the server, for every viewer. */
  operation(given: AgreementCase): Promise<readonly string[]>;
  /** How many decisions were compared. */
  readonly compared: Record<Compared, number>;
  /**
   * How often the client asks the server about an operation that the server then allows, or narrows, whatever its policies
   * decide. The rules of a front end are less exact where a clause asks for a proof beside policies or `readable`.
   */
  readonly needlessQuestions: () => number;
}

const outcomeOf = {
  allowed: 'allowed',
  narrowed: 'narrowed',
  unauthenticated: 'denied',
  forbidden: 'denied',
  depends: 'depends',
} as const;

/** The outcome of a front end, which asks for a proof before a policy. */
function outcomeByRights(decision: ReturnType<typeof decide>): Compared {
  if (decision.outcome === 'unproven') return toUnproven(decision);
  const isUnproven = decision.outcome === 'depends' && decision.unproven !== undefined;
  return isUnproven ? toUnproven(decision.unproven) : outcomeOf[decision.outcome];
}

const toUnproven = ({ isFinal }: { readonly isFinal: boolean }): Compared =>
  isFinal ? 'denied' : 'reauthenticate';

interface Context {
  readonly viewer: Viewer;
}

/** Creates the comparison for a schema with resolvers, whose every policy is asked by both answers. */
export function createAgreement(schema: GraphQLSchema, groups: readonly string[]): Agreement {
  const frontEnd = createFrontEnd(schema);
  const samples = proofSamples(new Date());
  const viewers = [null, ...subsetsOf(groups)].map((held, index) => {
    const [proven, ...others] = samples;
    const viewerWith = (proofs: ClientProofs) => ({
      client: frontEnd.clientOf(held, proofs),
      viewer: toViewer(held, proofs),
    });
    const sample = others[index % others.length];
    if (proven === undefined || sample === undefined) throw new Error('unreachable');
    return { held, ...viewerWith(proven), other: viewerWith(sample) };
  });
  const policyNames = policiesOf(frontEnd);
  const admitting = serve(schema, policyNames, true);
  const servers = [admitting, serve(schema, policyNames, false)];
  const compared = { allowed: 0, narrowed: 0, denied: 0, depends: 0, reauthenticate: 0 };

  let needless = 0;
  const isNeedless = (client: Compared, server: Compared): boolean =>
    client === 'depends' && (server === 'allowed' || server === 'narrowed');

  function compare(what: string, held: Groups, client: Compared, server: Compared) {
    compared[client] += 1;
    if (client === server) return [];
    if (isNeedless(client, server)) {
      needless += 1;
      return [];
    }
    return [`${what} as ${held ?? 'anonymous'}: ${client} in the client, ${server} on the server`];
  }

  return {
    compared,
    needlessQuestions: () => needless,
    coordinates: () =>
      coordinatesOf(schema).flatMap((coordinate) =>
        viewers.flatMap(({ held, other, ...proven }) =>
          [proven, other].flatMap(({ client, viewer }) => {
            const server = outcomeByRights(decide(schema, coordinate, viewer));
            return compare(coordinate, held, client.can(coordinate), server);
          }),
        ),
      ),
    async operation(given) {
      const document = frontEnd.document(given.document);
      const found: string[] = [];
      for (const { held, client, viewer, other } of viewers) {
        const outcome = client.can(document, given.variables);
        const explanation = explained({ schema, ...given }, held, admitting);
        if (explanation === undefined) return [];
        const asked = { ...given, viewer, outcome };
        const decision = await decisionBy(admitting, asked);
        found.push(...wrongExplanations(explanation, decision).map((each) => `${each} as ${held}`));
        if (isBeyondLimit(given.document)) {
          found.push(...compare('an operation with too many conditions', held, outcome, 'depends'));
          continue;
        }
        const isAskedFirst = decision.allowed && asksFirst(explanation);
        const expected = isAskedFirst ? 'depends' : outcomeOfDecision(decision);
        found.push(...compare('the operation', held, outcome, expected));
        found.push(...(await contradictions(servers, asked)));
        const unproven = outcomeOfDecision(
          await decisionBy(admitting, { ...given, viewer: other.viewer }),
        );
        const isDenied = unproven === 'denied' || unproven === 'reauthenticate';
        const ofOther = other.client.can(document, given.variables);
        found.push(
          ...compare(
            'the operation of a viewer with other proofs',
            held,
            ofOther,
            isDenied || outcome !== 'depends' ? unproven : outcome,
          ),
          ...(await contradictions(servers, { ...given, viewer: other.viewer, outcome: ofOther })),
        );
      }
      return found;
    },
  };
}

/** Whether more conditions decide about an operation than a front end compiles: it always asks the server. */
const isBeyondLimit = (document: DocumentNode): boolean =>
  scanConditions(document).conditions.length > 8;

type Compared = ReturnType<GatehouseClient['can']>;

/** What `gatehouse explain` says of an operation. Undefined for variables that cannot be coerced. */
function explained(
  { schema, document, variables }: AgreementCase & { readonly schema: GraphQLSchema },
  groups: Groups,
  { requirements }: Authorization<Context>,
): Explanation | undefined {
  const known = groups?.filter((group) => group !== unknownGroup) ?? null;
  try {
    return explain({ schema, requirements, document, variableValues: variables, groups: known });
  } catch (error) {
    if (error instanceof ExplainError) return undefined;
    throw error;
  }
}

/** Whether policies of root fields are asked before the run: explaining asks none. */
const asksFirst = ({ coordinates }: Explanation): boolean =>
  coordinates.some(
    ({ decided, decision: { outcome } }) => decided === 'before' && outcome === 'depends',
  );

/** Says how an explanation differs from the decision about the same operation for the same groups. */
function wrongExplanations(
  explanation: Explanation,
  { allowed, denials, depends, narrowed }: OperationDecision,
): readonly string[] {
  const { verdict, coordinates } = explanation;
  const runs = depends.length > 0 ? 'depends' : narrowed.length > 0 ? 'narrowed' : 'runs';
  const refused = denials.some(({ code }) => code === 'UNAUTHENTICATED') ? 401 : 403;
  const expected = allowed ? (asksFirst(explanation) ? 'depends' : runs) : refused;
  if (verdict !== expected) return [`the verdict is ${verdict}, and the decision ${expected}`];
  if (!allowed) return [];
  // Of what depends on a run-time type, a decision names the nearest field that the client selected.
  const certain = coordinates.filter(({ dependsOn }) => dependsOn.length === 0);
  const missing = certain.filter(
    (each) =>
      (each.depends && !depends.includes(each.coordinate)) ||
      (each.decision.outcome === 'narrowed' && !narrowed.includes(each.coordinate)),
  );
  return [
    ...missing.map(({ coordinate }) => `the decision does not list ${coordinate}`),
    ...(coordinates.some((each) => each.depends) === depends.length > 0
      ? []
      : [`one depends on data: ${depends}`]),
  ];
}

/** The answer to `Prefer: decide-only` of a server. */
async function decisionBy(
  server: Authorization<Context>,
  { document, variables, viewer }: AgreementCase & Context,
): Promise<OperationDecision> {
  const contextValue = { viewer };
  const decided = await server.decideOperation({
    document,
    variableValues: variables,
    contextValue,
  });
  if (decided.kind !== 'decided') throw new Error('The operation cannot run.');
  return decided.decision;
}

/** Says how servers whose policies all admit, or all refuse, contradict the client. */
async function contradictions(
  servers: readonly Authorization<Context>[],
  {
    document,
    variables,
    viewer,
    outcome,
  }: AgreementCase & Context & { readonly outcome: Compared },
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const [index, server] of servers.entries()) {
    const request = { document, variableValues: variables, contextValue: { viewer } };
    const denials = await server.authorizeOperation(request);
    const what = `a server whose policies ${index === 0 ? 'admit' : 'refuse'}`;
    const runs = outcome === 'allowed' || outcome === 'narrowed';
    if (runs && denials.length > 0) found.push(`${what} refuses what is ${outcome}`);
    if (/^(denied|reauthenticate)$/.test(outcome) && denials.length === 0) {
      found.push(`${what} runs what is ${outcome}`);
    }
    // With policies that admit, only groups refuse before the run.
    if (outcome === 'depends' && index === 0 && denials.length > 0) {
      found.push(`${what} refuses what depends`);
    }
    const decide = () => decisionBy(server, { document, variables, viewer });
    if (runs && outcome !== outcomeOfDecision(await decide())) {
      found.push(`${what} decides otherwise about what is ${outcome}`);
    }
    const isRun = outcome === 'allowed' && getOperationAST(document)?.operation === 'query';
    const { errors = [] } = isRun ? await execute({ schema: server.schema, ...request }) : {};
    if (errors.some(({ extensions }) => extensions.coordinate)) {
      found.push(`${what} denies a field of what is allowed`);
    }
  }
  return found;
}

/** The outcome that a client's `ask` returns for the answer to `Prefer: decide-only`. */
const outcomeOfDecision = ({
  allowed,
  denials,
  depends,
  narrowed,
}: OperationDecision): Compared => {
  if (!allowed) return denials.every(isOfProof) ? 'reauthenticate' : 'denied';
  if (depends.length > 0) return 'depends';
  return narrowed.length > 0 ? 'narrowed' : 'allowed';
};

const isOfProof = ({ code, reason = '' }: OperationDecision['denials'][number]): boolean =>
  code === 'UNAUTHENTICATED' && ['AUTHENTICATION_TOO_OLD', 'FACTORS_MISSING'].includes(`${reason}`);

function serve(schema: GraphQLSchema, names: readonly string[], answer: boolean) {
  const policies: Policies<Viewer, Context> = Object.fromEntries(
    names.map((name) => [name, { reads: [], admits: () => answer, where: () => answer }]),
  );
  return createAuthorization<Viewer, Context>(schema, {
    types: everyRow(schema),
    policies,
    onDelivered: () => {}, // nothing runs
    viewerOf: ({ viewer }) => viewer,
  });
}

/** Every id names a row. */
const everyRow = (schema: GraphQLSchema) =>
  Object.fromEntries(
    Object.keys(schema.getTypeMap()).map((name) => [
      name,
      { byIds: (ids: readonly unknown[]) => ids.map((id) => ({ id })) },
    ]),
  );

const policiesOf = ({ generated: { rules } }: FrontEnd): readonly string[] =>
  (rules.types.Policy ?? '').split(' ').filter((name) => name !== '');

const toViewer = (groups: Groups, proofs: ClientProofs): Viewer =>
  groups === null
    ? { isAuthenticated: false, reason: 'TOKEN_MISSING' }
    : {
        isAuthenticated: true,
        groups: new Set(groups),
        authenticatedAt:
          proofs === 'EACH_REQUEST'
            ? proofs
            : Object.fromEntries(proofs.map(({ factor, at }) => [factor, new Date(at)])),
      };

/** Proofs of sessions. The first meets every rule of {@link withProofs}, and each of the others fails some. */
function proofSamples(now: Date): readonly ClientProofs[] {
  const fresh = now.toISOString();
  const old = new Date(now.getTime() - 1_200_000).toISOString();
  return [
    [{ factor: 'PASSKEY_VERIFIED', at: fresh }],
    [],
    [{ factor: 'PASSWORD', at: fresh }],
    [{ factor: 'PASSKEY_VERIFIED', at: old }],
    [
      { factor: 'PASSWORD', at: old },
      { factor: 'OTP', at: fresh },
    ],
    'EACH_REQUEST',
  ];
}

/** Lets three of seven clauses of a schema ask for proofs, of those that do not yet. */
export function withProofs(sdl: string): string {
  const asks = ['maxAge: 600', '', 'factors: 2', '', 'maxAge: 900, factors: 2', '', ''];
  let count = 0;
  return sdl
    .replace('directive @auth(', (head) =>
      sdl.includes('maxAge: Int') ? head : `${head}maxAge: Int, factors: Int, `,
    )
    .replaceAll(/(?<!directive )@auth(?:\(([^)]*)\))?/g, (clause, args: string | undefined) => {
      if (args?.includes('maxAge') || args?.includes('factors')) return clause;
      const asked = asks[count % asks.length];
      count += 1;
      return asked ? `@auth(${[args, asked].filter(Boolean).join(', ')})` : clause;
    });
}

/** A group that no schema knows, as a database can have when it is newer than the front end. */
export const unknownGroup = 'G9';

/** Returns every subset: two to the power of how many there are. */
function subsetsOf(groups: readonly string[]): readonly (readonly string[])[] {
  const subsets: (readonly string[])[] = [[]];
  for (const group of groups) subsets.push(...subsets.map((subset) => [...subset, group]));
  return subsets;
}

/** Keeps one operation of a document, and the fragments. */
export const onlyOperation = (document: DocumentNode, name: string): DocumentNode => ({
  ...document,
  definitions: document.definitions.filter(
    (definition) =>
      definition.kind !== Kind.OPERATION_DEFINITION || definition.name?.value === name,
  ),
});
