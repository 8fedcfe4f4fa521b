import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import { execute, GraphQLError, locatedError, validateSchema } from 'graphql';
import type { AnswerSizes } from '../enforcement/sizes/answer-size.ts';
import type { PropertyReaders } from '../enforcement/values/property-reader.ts';
import { coerceVariables, type ExecutionVariables } from '../graphql-js/variables.ts';
import { isGraphql17 } from '../graphql-js/version.ts';
import { type CompiledQuery, compileDocument, type FindQuery } from './compile-operation.ts';
import type { Data } from './field.ts';
import { listError, type Run } from './run.ts';

/**
 * Executes an operation as `execute` of graphql-js does, with the same result. Queries are compiled when their document is
 * executed for the second time, and the guards of properties are then checked where they are read.
 *
 * Keep the document: what is compiled is cached with it.
 */
export type Execute = (args: ExecutionArgs) => ExecutionResult | Promise<ExecutionResult>;

/** The parts of a guarded schema that take part in its execution. */
export interface ExecutedSchema {
  readonly schema: GraphQLSchema;
  /** Those of its resolvers that only read a property. */
  readonly readers: PropertyReaders;
  /** The sizes of its answers. */
  readonly sizes: AnswerSizes;
}

/**
 * Creates the execution of a guarded schema, with a cache of its own. graphql-js executes the first operation of a document,
 * mutations and events, and whatever has another schema, resolvers of its own, or selects by a variable that is no
 * `Boolean`. That is decided before anything runs. graphql 17 executes everything: hosts can trace, abort and track it.
 */
export function createExecute({ schema, readers, sizes }: ExecutedSchema): Execute {
  if (isGraphql17) return execute;
  const documents = new WeakMap<DocumentNode, FindQuery | 'executed once'>();
  let admissionKeys = 0;
  const nextAdmissionKey = (): number => {
    admissionKeys += 1;
    return admissionKeys;
  };

  function compile(document: DocumentNode): FindQuery {
    const queryType = schema.getQueryType();
    if (!queryType || validateSchema(schema).length > 0) return () => undefined;
    let slots = -1;
    const nextSlot = (): number => {
      slots += 1;
      return slots;
    };
    return compileDocument(document, { schema, readers, nextAdmissionKey, nextSlot, queryType });
  }

  function find(args: ExecutionArgs): CompiledQuery | undefined {
    const { document, operationName, variableValues } = args;
    if (args.schema !== schema || args.fieldResolver || args.typeResolver) return undefined;
    if (!isObject(document) || !isObject(variableValues ?? {})) return undefined;
    const known = documents.get(document);
    if (known === undefined) {
      documents.set(document, 'executed once');
      return undefined;
    }
    const findQuery = known === 'executed once' ? compile(document) : known;
    documents.set(document, findQuery);
    return findQuery(operationName, variableValues ?? {});
  }

  return (args) => {
    const query = find(args);
    if (query === undefined) return execute(args);
    const sent = args.variableValues ?? {};
    const { errors, variables } = coerceVariables(schema, query.operation, sent, {
      maxErrors: args.options?.maxCoercionErrors ?? 50,
      hideSuggestions: args.hideSuggestions ?? false,
    });
    return errors === undefined
      ? runQuery(
          query,
          createRun(args, { variables, size: sizes.begin(), admissionKey: nextAdmissionKey() }),
        )
      : { errors };
  };
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null;

const createRun = (
  { contextValue, rootValue }: ExecutionArgs,
  {
    variables,
    size,
    admissionKey,
  }: Pick<Run, 'size' | 'admissionKey'> & { readonly variables: ExecutionVariables },
): Run => ({
  contextValue,
  rootValue,
  variableValues: variables,
  errors: [],
  size,
  nulled: new Set(),
  admissionKey,
  isPending: false,
  notes: undefined,
});

function runQuery(query: CompiledQuery, run: Run): ExecutionResult | Promise<ExecutionResult> {
  const { errors } = run;
  // Like graphql-js, without a key for what is not there.
  const answer = (data: Data | null) => (errors.length === 0 ? { data } : { errors, data });
  const fail = (error: unknown) => {
    listError(error instanceof GraphQLError ? error : locatedError(error, []), undefined, run);
    return answer(null);
  };
  const respond = (data: Data) => {
    try {
      run.size.add(0, 0); // The last texts were not compared with the limit.
    } catch (error) {
      return fail(error);
    }
    return answer(data);
  };
  try {
    const data = query.root(run.variableValues)(run.rootValue, undefined, run);
    return data instanceof Promise ? data.then(respond, fail) : respond(data);
  } catch (error) {
    return fail(error);
  }
}
