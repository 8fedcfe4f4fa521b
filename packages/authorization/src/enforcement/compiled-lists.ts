import type {
  DocumentNode,
  FieldNode,
  GraphQLOutputType,
  GraphQLResolveInfo,
  GraphQLSchema,
} from 'graphql';
import {
  BREAK,
  getNamedType,
  getNullableType,
  isListType,
  isObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { type Admission, compileAdmission } from '../decision/decision.ts';
import { createCollector, isIncludedStrictly } from '../plan/operation-walk.ts';
import { scanConditions } from '../plan/plan-cache.ts';
import type { Decider } from './decider.ts';
import { compileList, type ListCompletion, type PropertyReaders } from './list-completion.ts';

/**
 * The maximum number of completions that are cached for one field of a document, and of combinations of `@skip` and
 * `@include` values for one document. Clients choose the values.
 */
const maxVariants = 8;

/** Completes a list if it is plain and the viewer's groups admit to all of its fields, else returns undefined. */
export type CompleteList<TContext> = (
  list: unknown,
  context: TContext,
  info: GraphQLResolveInfo,
) => readonly unknown[] | undefined;

/** A compiled completion, and for what it was compiled. */
interface Compiled {
  readonly type: GraphQLOutputType;
  readonly nodes: readonly FieldNode[];
  readonly list: (ListCompletion & { readonly admissions: readonly Admission[] }) | undefined;
}

type Compilations = WeakMap<FieldNode, Compiled[]>;

/** Returns what completes the lists of a document. Undefined when it selects none. */
export type FindLists<TContext> = (document: DocumentNode) => CompleteList<TContext> | undefined;

/**
 * Creates the function that completes lists of one document. What it compiles is cached while the host keeps the
 * document, and contains nothing about a viewer: each list is decided for the viewer who gets it.
 */
export function createCompiledLists<TContext>(
  decider: Decider<TContext>,
  readers: PropertyReaders,
): FindLists<TContext> {
  const documents = new WeakMap<DocumentNode, CompleteList<TContext> | 'no lists'>();

  function createForDocument(document: DocumentNode): CompleteList<TContext> {
    const { conditions } = scanConditions(document);
    const variants = new Map<string, Compilations>();

    function variantOf({ variableValues }: GraphQLResolveInfo): Compilations | undefined {
      const key =
        conditions.length === 0
          ? ''
          : JSON.stringify(conditions.map((name) => variableValues[name]));
      const known = variants.get(key);
      if (known !== undefined || variants.size >= maxVariants) return known;
      const compilations: Compilations = new WeakMap();
      variants.set(key, compilations);
      return compilations;
    }

    function compile({ fieldNodes, returnType, schema, variableValues }: GraphQLResolveInfo) {
      const scope = { schema, document, variableValues, includes: isIncludedStrictly };
      const input = { collect: createCollector(scope), readers };
      const list = compileList(returnType, fieldNodes, input);
      return list && { ...list, admissions: list.requirements.map(compileAdmission) };
    }

    function find(info: GraphQLResolveInfo): Compiled['list'] {
      const [node] = info.fieldNodes;
      const compilations = variantOf(info);
      if (compilations === undefined || node === undefined) return undefined;
      const known = compilations.get(node) ?? [];
      const found = known.find((each) => isFor(each, info));
      if (found !== undefined || known.length >= maxVariants) return found?.list;
      const list = compile(info);
      const compiled = { type: info.returnType, nodes: info.fieldNodes, list };
      compilations.set(node, [...known, compiled]);
      return list;
    }

    return (value, context, info) => {
      if (!Array.isArray(value) || value.length === 0) return undefined;
      // The executor meets the same error again, and reports it.
      try {
        const list = find(info);
        if (list === undefined || !list.isCurrent()) return undefined;
        if (!decider.admitsToAll(list.admissions, context)) return undefined;
        const completed = list.complete(value);
        return Array.isArray(completed) ? completed : undefined;
      } catch {
        return undefined;
      }
    };
  }

  return (document) => {
    let known = documents.get(document);
    if (known === undefined) {
      known = selectsList(document, decider.schema) ? createForDocument(document) : 'no lists';
      documents.set(document, known);
    }
    return known === 'no lists' ? undefined : known;
  };
}

export const isListOfObjects = (type: GraphQLOutputType | null | undefined): boolean =>
  isListType(getNullableType(type)) && isObjectType(getNamedType(type));

/** Whether a field of the document returns a list of objects. Others are executed without the cost of looking. */
function selectsList(document: DocumentNode, schema: GraphQLSchema): boolean {
  const types = new TypeInfo(schema);
  let found = false;
  const Field = () => {
    found ||= isListOfObjects(types.getType());
    return found ? BREAK : undefined;
  };
  visit(document, visitWithTypeInfo(types, { Field }));
  return found;
}

const isFor = ({ type, nodes }: Compiled, { returnType, fieldNodes }: GraphQLResolveInfo) =>
  type === returnType &&
  nodes.length === fieldNodes.length &&
  nodes.every((node, index) => node === fieldNodes[index]);
