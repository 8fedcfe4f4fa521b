import { createAdmit, toDenialResponse, type Viewer } from '@graphql-gatehouse/authorization';
import {
  createAccessMatrix,
  describeFinding,
  describeMatrixDifference,
  ExplainError,
  explain,
  explainCoordinate,
  listFindings,
  operationColumns,
  printCoordinateExplanation,
  printVisibleSchema,
  toMarkdown,
} from '@graphql-gatehouse/authorization/reports';
import { type DocumentNode, GraphQLError, parse, validate } from 'graphql';
import {
  type PrintedCoordinate,
  printCoordinates,
  printVerdictLines,
} from '../../packages/authorization/src/reports/print-explanation.ts';
import { type Built, build, now, type Problem, type TryContext, toProblem } from './build.ts';
import type { PolicyAnswer, TryState } from './state.ts';

/** A list of which only the first part is shown: a page with all of it could be too large. */
export interface Shown<T> {
  readonly items: readonly T[];
  readonly hidden: number;
}

/** What a client gets. */
export interface Answer {
  /** What the policies that depend say. Absent: none of them matters. */
  readonly policies?: Exclude<PolicyAnswer, 'depends'>;
  /** Absent: the operation runs, and what it returns is not known here. */
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. Empty: not known here. */
  readonly body: string;
  /** Those of its errors. */
  readonly messages: readonly string[];
  /** The coordinates whose data decides while the operation runs, and those whose value or rows a rule can hide. */
  readonly depends: readonly string[];
  readonly hides: readonly string[];
}

export interface MatrixRow {
  readonly coordinate: string;
  readonly requirement: string;
  readonly texts: readonly string[];
}

/** What a schema says, whatever the operation is. */
export interface DecidedSchema {
  readonly groups: readonly string[];
  readonly policies: readonly string[];
  readonly columns: readonly string[];
  readonly rows: Shown<MatrixRow>;
  readonly findings: Shown<string>;
  /** The part that the viewer can reach. */
  readonly visible: string;
  /** What changed in the matrix. Absent: nothing is kept, or what is kept has startup errors. */
  readonly changes?: Shown<string>;
}

/** Why an operation gets its answers. */
export interface Reasons {
  readonly verdict: readonly string[];
  readonly coordinates: Shown<PrintedCoordinate>;
}

export interface DecidedOperation {
  readonly answers: readonly Answer[];
  /** Absent: its variables do not match, and a server denies it before it finds that. */
  readonly reasons?: Reasons;
}

/** The shortest paths to a coordinate. */
export interface Paths {
  readonly coordinate: string;
  readonly text: string;
}

/** Everything that the page shows about a state. */
export interface Decided {
  /** The startup errors. */
  readonly problems: Shown<Problem>;
  readonly schema?: DecidedSchema;
  /** What is wrong with the operation or its variables. */
  readonly mistakes: Shown<Problem>;
  readonly operation?: DecidedOperation;
  readonly paths?: Paths;
}

const maxItems = 300;
const maxText = 30_000;
const maxPaths = 5;
/** As the server of Gatehouse names itself. */
const realm = 'gatehouse';

/**
 * Decides everything that the page shows, by the functions that servers and commands use. Nothing is executed: policies are
 * answers, and every id names a row. Pure, and without a document of a browser.
 */
export async function decide(state: TryState): Promise<Decided> {
  const built = build(state.sdl);
  if (!('authorization' in built)) return { problems: shown(built), mistakes: shown([]) };
  const groups = state.groups?.filter((group) => built.groups.includes(group)) ?? null;
  const known = { ...state, groups };
  const operation = await decideOperation(built, known);
  const { mistakes = [], first = '' } = operation;
  const paths = pathsTo(built, state.coordinate.trim() || first);
  return {
    problems: shown([]),
    schema: decideSchema(built, known),
    mistakes: shown(mistakes),
    ...(operation.decided && { operation: operation.decided }),
    ...(paths && { paths }),
  };
}

function shown<T>(all: readonly T[]): Shown<T> {
  const items = all.slice(0, maxItems);
  return { items, hidden: all.length - items.length };
}

const shortened = (text: string): string =>
  text.length > maxText ? `${text.slice(0, maxText)}\n…` : text;

function decideSchema(built: Built, { groups, kept }: TryState): DecidedSchema {
  const { authorization } = built;
  const { source, requirements } = authorization;
  const matrix = createAccessMatrix(source, requirements);
  const before = kept === null ? undefined : build(kept);
  const old = before !== undefined && 'authorization' in before ? before.authorization : undefined;
  const changes =
    old &&
    describeMatrixDifference(
      toMarkdown(createAccessMatrix(old.source, old.requirements)),
      toMarkdown(matrix),
    );
  return {
    groups: built.groups,
    policies: built.policies,
    columns: matrix.columns,
    rows: shown(
      matrix.rows.map(({ coordinate, requirement, texts }) => ({ coordinate, requirement, texts })),
    ),
    findings: shown(listFindings(source, requirements).map(describeFinding)),
    visible: shortened(printVisibleSchema(authorization, groups)),
    ...(changes && { changes: shown(changes) }),
  };
}

const deniedOutcomes: readonly string[] = ['unauthenticated', 'forbidden'];

interface OperationOutcome {
  readonly mistakes?: readonly Problem[];
  readonly decided?: DecidedOperation;
  /** The first coordinate that is denied, or else that requires something. */
  readonly first?: string | undefined;
}

async function decideOperation(built: Built, state: TryState): Promise<OperationOutcome> {
  if (state.operation.trim() === '') return {};
  const { source: schema, requirements } = built.authorization;
  try {
    const document = parse(state.operation);
    const errors = validate(schema, document);
    if (errors.length > 0) return { mistakes: errors.map(toMistake) };
    const variableValues = readVariables(state.variables);
    if (variableValues === undefined) {
      return { mistakes: [{ text: 'The variables must be one JSON object.' }] };
    }
    const asked = { document, operationName: state.operationName || undefined, variableValues };
    const answers = await answersTo(built, state, asked);
    try {
      const explanation = explain({ schema, requirements, ...asked, groups: state.groups });
      const guarded = explanation.coordinates.filter((each) => each.requirement.length > 0);
      const denied = guarded.find(({ decision: { outcome } }) => deniedOutcomes.includes(outcome));
      const verdict = printVerdictLines(explanation);
      const coordinates = shown(printCoordinates(explanation));
      const first = (denied ?? guarded[0])?.coordinate;
      return { first, decided: { answers, reasons: { verdict, coordinates } } };
    } catch (error) {
      if (!(error instanceof ExplainError)) throw error;
      const mistakes = error.problems.map((text) => ({ text }));
      const isDenied = answers.some(({ status }) => status !== 400);
      return { mistakes, ...(isDenied && { decided: { answers } }) };
    }
  } catch (error) {
    if (error instanceof GraphQLError) return { mistakes: [toMistake(error)] };
    if (error instanceof RangeError) return { mistakes: [{ text: tooDeep }] };
    throw error;
  }
}

/** The parser and the rules of validation call themselves for each level. */
const tooDeep = 'The operation is nested too deeply.';

const toMistake = (error: GraphQLError): Problem => ({
  ...toProblem(error),
  line: error.locations?.[0]?.line,
});

/** Undefined: it is no JSON object. */
function readVariables(text: string): Readonly<Record<string, unknown>> | undefined {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

interface Asked {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variableValues: Readonly<Record<string, unknown>>;
}

/** Answers once, or where policies that depend make a difference, once for each of their answers. */
async function answersTo(built: Built, state: TryState, asked: Asked): Promise<readonly Answer[]> {
  const viewer = viewerOf(state);
  const answerIf = (assumed: Exclude<PolicyAnswer, 'depends'>) =>
    answer(built, asked, {
      viewer,
      answerOf: (policy) => {
        const chosen = state.policies.get(policy) ?? 'depends';
        return chosen === 'depends' ? assumed : chosen;
      },
    });
  const [allowed, denied] = [await answerIf('allows'), await answerIf('denies')];
  return JSON.stringify(allowed) === JSON.stringify(denied)
    ? [allowed]
    : [
        { policies: 'allows', ...allowed },
        { policies: 'denies', ...denied },
      ];
}

function viewerOf({ groups, minutes, factors }: TryState): Viewer {
  if (groups === null) return { isAuthenticated: false, reason: 'TOKEN_MISSING' };
  const time = new Date(now.getTime() - minutes * 60_000);
  const kinds = ['PASSWORD', 'OTP'].slice(0, factors);
  return {
    isAuthenticated: true,
    groups: new Set(groups),
    authenticatedAt: Object.fromEntries(kinds.map((kind) => [kind, time])),
  };
}

/** Answers as a server does, up to where the operation would run. */
async function answer(
  { authorization }: Built,
  asked: Asked,
  contextValue: TryContext,
): Promise<Answer> {
  const request = { ...asked, contextValue };
  try {
    const admission = await createAdmit(authorization)(request);
    if (admission.kind === 'answered') {
      const { denials, result, headers, status = 200 } = admission;
      const refusal = denials.length === 0 ? undefined : toDenialResponse(denials, realm);
      const challenge = refusal?.challenge && { 'www-authenticate': refusal.challenge };
      return answered(refusal?.status ?? status, result, { ...challenge, ...headers });
    }
    const decided = await authorization.decideOperation(request);
    if (decided.kind === 'invalid') return answered(400, { errors: decided.errors });
    const { depends, narrowed } = decided.decision;
    return { headers: {}, body: '', messages: [], depends, hides: narrowed };
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    const { http, ...extensions } = error.extensions;
    const { status }: { readonly status?: unknown } = Object(http);
    const plain = { ...error.toJSON(), extensions };
    return answered(typeof status === 'number' ? status : 500, { errors: [plain] });
  }
}

interface AnsweredBody {
  readonly errors?: readonly { readonly message: string }[];
}

const answered = (status: number, body: AnsweredBody, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers,
  body: shortened(JSON.stringify(body, null, 2)),
  messages: (body.errors ?? []).map(({ message }) => message),
  depends: [],
  hides: [],
});

/** The shortest paths to a coordinate. Undefined: none was named. */
function pathsTo({ authorization, groups }: Built, coordinate: string): Paths | undefined {
  if (coordinate === '') return undefined;
  const { source: schema, requirements } = authorization;
  const columns = operationColumns(groups);
  try {
    const found = explainCoordinate({ schema, requirements, columns }, coordinate, maxPaths);
    const lines = printCoordinateExplanation({ ...found, hasMore: false });
    return { coordinate, text: shortened(lines.join('\n')) };
  } catch (error) {
    if (error instanceof ExplainError) return { coordinate, text: error.message };
    throw error;
  }
}
