import { type Authorization, createAdmit } from '@graphql-gatehouse/authorization';
import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST } from 'graphql';
import type { Context } from '../context/context.ts';
import type { Admitted, Begun } from './admitted.ts';
import type { Answers } from './answer/create-answers.ts';
import type { Answer, Asked } from './asked.ts';
import { createOperationCheck, type OperationCheckOptions } from './check-operation.ts';
import { RequestError } from './errors/request-error.ts';
import { findRequestErrors } from './errors/request-errors.ts';
import type { GateSteps } from './gate.ts';
import { createObserveRuns, type ObserveRunsOptions } from './observe-runs.ts';
import { createReadDocument } from './read/read-document.ts';
import { explainInvalid, validateDocument } from './read/validate-document.ts';

export interface AdmissionOptions extends OperationCheckOptions, ObserveRunsOptions {
  readonly authorization: Authorization<Context>;
  /** Whether errors speak only of that part of the schema that the viewer can see. */
  readonly hidesSchema: boolean;
}

interface ReadOptions {
  readonly gate: GateSteps;
  readonly documents: ReturnType<typeof createReadDocument>;
  readonly schema: GraphQLSchema;
  readonly shown: ReturnType<typeof createShown>;
  readonly maxErrors: number;
}

/** Creates the step that reads the document of an operation, unless the host has. It returns why it is refused. */
function createRead({ documents, gate, schema, shown, maxErrors }: ReadOptions) {
  const valid = new WeakSet<DocumentNode>();

  function read(begun: Begun): readonly GraphQLError[] {
    if (begun.document !== undefined) return readOfHost(begun, begun.document);
    const { query, operationName, context } = begun.asked;
    const result = documents.read(query, shown(context), (hash, document) => {
      begun.queryHash = hash;
      begun.operation = (document && getOperationAST(document, operationName)) ?? undefined;
      return gate.refusalOf(begun, document);
    });
    if ('errors' in result) return result.errors;
    begun.document = result.document;
    return [];
  }

  /**
   * A host that does not know the viewer leaves documents that are not known to this validation, and remembers that it
   * did: they can become known later.
   */
  function readOfHost(begun: Begun, document: DocumentNode): readonly GraphQLError[] {
    const refusal = gate.refusalOf(begun, document);
    if (refusal !== undefined) return [refusal];
    if (!gate.isClosed || valid.has(document)) return [];
    if (validateDocument(document, { schema, maxErrors: 1 }).length === 0) {
      valid.add(document);
      return [];
    }
    return explainInvalid(document, { visible: shown(begun.asked.context)(), maxErrors });
  }

  return read;
}

/** Creates the steps of operations before they run: read, limit, authorize, and check their variables. */
export function createAdmission(
  options: AdmissionOptions,
  gate: GateSteps,
  { refuse, settle }: Pick<Answers, 'refuse' | 'settle'>,
) {
  const { authorization, limits, hidesSchema } = options;
  const { schema, authorizeOperation, introspect, auditReads, readPlaces, requirements } =
    authorization;
  const { maxErrors, maxTokens } = limits;
  const shown = createShown(options);
  const decideOperation = createDecide(options, shown);
  const authorize = createAdmit({ decideOperation, authorizeOperation, introspect, auditReads });
  const observeRun = createObserveRuns(options);
  const checkOperation = createOperationCheck(options);
  const documents = createReadDocument({ schema, maxTokens, maxErrors });
  const read = createRead({ documents, gate, schema, shown, maxErrors });

  /** Explains an invalid operation by what the viewer sees in some place, too. */
  async function reread(
    begun: Begun,
    errors: readonly GraphQLError[],
  ): Promise<readonly GraphQLError[]> {
    if (!hidesSchema || !requirements.places.exist) return errors;
    await readPlaces(begun.asked.context);
    return read(begun);
  }

  /** Admits an operation, or answers it. @throws the error of a limit, or of what an operation depends on. */
  async function admit(begun: Begun): Promise<Admitted | Answer> {
    const unread = read(begun);
    const { document, operation, asked } = begun;
    if (unread.length > 0 || document === undefined)
      return refuse(begun, await reread(begun, unread));
    const { operationName, variables: variableValues, context: contextValue, prefer } = asked;
    await asked.beforeStart?.(operation);
    const request = { document, operationName, variableValues, contextValue };
    await checkOperation(request);
    const admission = await authorize(Object.assign({ prefer }, request));
    if (admission.kind === 'answered') return settle(begun, admission);
    const visible = shown(contextValue);
    const errors = findRequestErrors(request, { schema, visible, maxErrors });
    if (errors.length > 0) return refuse(begun, errors);
    if (operation === undefined) throw new Error('A document without the operation has an error.');
    // After the guards, so that 401 and 403 take precedence.
    if (!asked.allowedKinds.includes(operation.operation)) {
      return refuse(begun, [new RequestError('BAD_REQUEST', kindRefusals[operation.operation])]);
    }
    const { finish: judge, refusals } = admission;
    const ran = observeRun?.(Object.assign({ refusals }, request));
    return { kind: 'admitted', begun, document, operation, judge, ran };
  }

  return {
    read,
    observeRun,
    prepare: createPrepare(authorization, documents),
    /** A host validates by the whole schema, whose hidden types its errors can name. */
    explain({ document, asked }: Begun, errors: readonly GraphQLError[]): readonly GraphQLError[] {
      if (document === undefined || !errors.some(isOfValidation)) return errors;
      return explainInvalid(document, { visible: shown(asked.context)(), maxErrors });
    },
    admit,
  };
}

/** Creates the function that reads and plans an operation before it is sent. It returns false for one that is not valid. */
const createPrepare =
  (
    { planOperation }: Pick<Authorization<Context>, 'planOperation'>,
    documents: ReadOptions['documents'],
  ) =>
  (query: string): boolean => {
    const document = documents.keep(query);
    if (document === undefined) return false;
    try {
      planOperation(document);
      return true;
    } catch (error) {
      if (error instanceof GraphQLError) return false;
      throw error;
    }
  };

/** Returns the function that returns the part of the schema of which errors may speak to a viewer. */
type Shown = (context: Pick<Context, 'viewer'>) => () => GraphQLSchema;

const createShown =
  ({ authorization: { schema, visibleTo }, hidesSchema }: AdmissionOptions): Shown =>
  ({ viewer }) =>
  () =>
    hidesSchema ? visibleTo(viewer) : schema;

/** Creates the function that decides operations, with the errors that an invalid one gets when it is not only decided. */
const createDecide =
  (
    { authorization: { schema, decideOperation }, limits: { maxErrors } }: AdmissionOptions,
    shown: Shown,
  ): Authorization<Context>['decideOperation'] =>
  async (request) => {
    const decided = await decideOperation(request);
    if (decided.kind === 'decided') return decided;
    const visible = shown(request.contextValue);
    return { kind: 'invalid', errors: findRequestErrors(request, { schema, visible, maxErrors }) };
  };

/** Apollo Server gives such errors this code. */
const isOfValidation = ({ extensions }: GraphQLError): boolean =>
  extensions.code === 'GRAPHQL_VALIDATION_FAILED';

/** The refusals of operations that a door may not bring. */
const kindRefusals: Readonly<Record<Asked['allowedKinds'][number], string>> = {
  query: 'Queries are not possible here.',
  mutation: 'Send mutations by POST.',
  subscription: 'Subscriptions require a WebSocket with the graphql-transport-ws protocol.',
};
