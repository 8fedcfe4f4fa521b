import type {
  DirectiveNode,
  DocumentNode,
  FieldNode,
  SelectionSetNode,
  TypeNode,
  ValueNode,
} from 'graphql';
import { parse } from 'graphql';
import { groupsInEffect } from './groups-in-effect.ts';
import { createScope, expand, type Scope } from './selected-fields.ts';
import { createData } from './world.ts';

/**
 * A second opinion on the contract, as naive as can be: no cache, no plan, no merging of requirements,
 * nothing of src/. It reads `@auth` and `@implies` from the text of a schema, expands every selection, asks field by
 * field, and so says what must be refused before an operation runs and what running it may show.
 */
export interface Oracle {
  /** The refusals that are certain before execution, in document order: of all steps. */
  deniedBefore(request: OracleRequest): readonly Denied[];
  /** What the guarded schema alone must answer: refused values are null. */
  run(request: OracleRequest): OracleResult;
  /** Whether the viewer may see a value of this coordinate or type. */
  maySee(coordinate: string, viewer: OracleViewer): boolean;
}

export interface OracleRequest {
  readonly document: DocumentNode;
  readonly operationName: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly viewer: OracleViewer;
  /** Whether no one was asked before: what equals a default, by variable, is then not seen to be sent. */
  readonly isAlone?: boolean;
}

/** The groups that the viewer holds; null: anonymous. */
export type OracleViewer = readonly string[] | null;

export interface Denied {
  readonly coordinate: string;
  readonly path: string;
  /** Whether groups and policies admit the viewer, who has not proved its identity. */
  readonly byProof: boolean;
}

/** The marks of viewers among their groups: how many kinds of factors they have proved, and how long ago. */
export const proofs = {
  '@young': { kinds: 1, seconds: 10 },
  '@strong': { kinds: 2, seconds: 10 },
  '@oldStrong': { kinds: 2, seconds: 5000 },
  '@program': { kinds: 1, seconds: 0 },
} as const;

/** Whether a viewer has proved its identity as all clauses ask. */
function isProved(clauses: readonly OracleClause[], viewer: OracleViewer): boolean {
  const [proof] = Object.entries(proofs).filter(([mark]) => viewer?.includes(mark));
  const { kinds, seconds } = proof?.[1] ?? { kinds: 0, seconds: 0 };
  return clauses.every(({ maxAge, factors }) => {
    if (maxAge === undefined && factors === undefined) return true;
    return kinds >= (factors ?? 1) && (maxAge === undefined || seconds <= maxAge);
  });
}

export interface OracleResult {
  readonly data: unknown;
  readonly deniedPaths: readonly string[];
  /** Whether a list was read of which the viewer may not see every row, whatever it has. */
  readonly isNarrowed: boolean;
  /** Whether a refusal has taken more with it than its own value, since null may not stand there. */
  readonly hasBubbled: boolean;
}

/** Stands where null may not, until something around it can be null. */
const bubble = Symbol('bubble');

interface AskedScope extends Scope {
  readonly isAlone: boolean;
}

interface OracleClause {
  readonly requires: readonly string[] | undefined;
  readonly or: readonly string[] | undefined;
  readonly rows: readonly string[] | undefined;
  /** Whether it counts only where a client supplies the enum value. */
  readonly isReadable: boolean;
  readonly maxAge: number | undefined;
  readonly factors: number | undefined;
}

interface OracleField {
  readonly clauses: readonly OracleClause[];
  readonly type: TypeNode;
  readonly args: ReadonlyMap<string, OracleInput>;
}

interface OracleInput {
  readonly clauses: readonly OracleClause[];
  readonly type: TypeNode;
  readonly fallback: ValueNode | undefined;
}

interface OracleType {
  readonly kind: string;
  readonly clauses: readonly OracleClause[];
  readonly interfaces: readonly string[];
  readonly members: readonly string[];
  readonly fields: ReadonlyMap<string, OracleField>;
  readonly inputs: ReadonlyMap<string, OracleInput>;
  readonly values: ReadonlyMap<string, readonly OracleClause[]>;
}

/** What the named policies of the generated schemas answer at a field of this type. */
function policyAdmits(policy: string, parent: string): boolean {
  return policy === 'YES' || (policy === 'OWN' && (parent === 'T1' || parent === 'T3'));
}

/** Whether a clause leaves a row of this type to the viewer. */
function leavesRow(
  { requires, rows }: OracleClause,
  viewer: readonly string[],
  type: string,
): boolean {
  if (rows === undefined || requires?.some((group) => viewer.includes(group))) return true;
  const typesOf: Readonly<Record<string, readonly string[]>> = {
    ODD: ['T1', 'T3'],
    EVEN: ['T0', 'T2'],
    LOW: ['T0', 'T1'],
  };
  return rows.some((policy) => typesOf[policy]?.includes(type));
}

export function createOracle(sdl: string): Oracle {
  const types = readTypes(sdl);
  const { isNullAt, itemsAt, pick } = createData(sdl);
  const typeOf = (name: string): OracleType => types.get(name) ?? openType;

  function possible(name: string): readonly string[] {
    const type = typeOf(name);
    if (type.kind === 'union') return type.members;
    if (type.kind !== 'interface') return [name];
    return [...types.keys()].filter(
      (each) => typeOf(each).kind === 'object' && typeOf(each).interfaces.includes(name),
    );
  }

  /** A type itself or any interface that it implements. */
  const family = (name: string): readonly string[] => [name, ...typeOf(name).interfaces];
  const clausesOfType = (name: string) => family(name).flatMap((each) => typeOf(each).clauses);

  /** Where all rows that a connection can have are guarded, so is what returns it. */
  function clausesOfConnection(name: string): readonly OracleClause[] {
    const nodes = /^Page_/.test(name) ? typeOf(name).fields.get('nodes') : undefined;
    const ofRows = nodes === undefined ? [] : possible(nameOf(nodes.type)).map(clausesOfType);
    return ofRows.every((clauses) => clauses.length > 0) ? ofRows.flat() : [];
  }

  function clausesOfField(parent: string, fieldName: string): readonly OracleClause[] {
    const field = typeOf(parent).fields.get(fieldName);
    if (field === undefined) return [];
    // An interface's field may return a union of which an implementation's returns one member.
    return [
      ...clausesOfType(parent),
      ...family(parent)
        .flatMap((each) => typeOf(each).fields.get(fieldName) ?? [])
        .flatMap(({ clauses, type }) => [
          ...clauses,
          ...clausesOfType(nameOf(type)),
          ...clausesOfConnection(nameOf(type)),
        ]),
    ];
  }

  function clausesOfArgument(parent: string, fieldName: string, argument: string) {
    return family(parent)
      .flatMap((each) => typeOf(each).fields.get(fieldName)?.args.get(argument) ?? [])
      .flatMap(({ clauses, type }) => [...clauses, ...clausesOfType(nameOf(type))]);
  }

  function maySee(coordinate: string, viewer: OracleViewer): boolean {
    const [owner = '', member] = coordinate.split('.');
    if (member === undefined) return passes(clausesOfType(owner), viewer);
    if (typeOf(owner).kind !== 'enum') return passes(clausesOfField(owner, member), viewer, owner);
    const ofValue = (typeOf(owner).values.get(member) ?? []).filter((each) => !each.isReadable);
    return passes([...clausesOfType(owner), ...ofValue], viewer);
  }

  /** What a resolver gets for an input, as far as it matters here: defaults filled in, lists made. */
  function coerce(value: unknown, type: TypeNode): unknown {
    if (type.kind === 'NonNullType') return coerce(value, type.type);
    if (value === null || value === undefined) return null;
    if (type.kind === 'ListType') {
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      return items.map((item) => coerce(item, type.type));
    }
    const { kind, inputs } = typeOf(nameOf(type));
    if (kind !== 'input') return value;
    const given = new Map<string, unknown>(Object.entries(value));
    return [...inputs].flatMap(([name, input]) => {
      const sent = given.get(name);
      const inside = sent === undefined && input.fallback ? plainOf(input.fallback) : sent;
      return inside === undefined ? [] : [[name, coerce(inside, input.type)]];
    });
  }

  const isFallback = (value: unknown, { fallback, type }: OracleInput): boolean =>
    fallback !== undefined &&
    JSON.stringify(coerce(value, type)) === JSON.stringify(coerce(plainOf(fallback), type));

  /** Every input coordinate that the client supplied at one field, with the clauses that hold there. */
  function suppliedInputs(
    scope: AskedScope,
    parent: string,
    node: FieldNode,
  ): readonly { readonly coordinate: string; readonly clauses: readonly OracleClause[] }[] {
    const found: { coordinate: string; clauses: readonly OracleClause[] }[] = [];
    const enumValue = (typeName: string, value: string) => {
      const clauses = typeOf(typeName).values.get(value) ?? [];
      found.push({ coordinate: `${typeName}.${value}`, clauses });
    };
    const inputField = (typeName: string, name: string, input: OracleInput) => {
      const clauses = [
        ...input.clauses,
        ...clausesOfType(typeName),
        ...clausesOfType(nameOf(input.type)),
      ];
      found.push({ coordinate: `${typeName}.${name}`, clauses });
    };

    function json(value: unknown, type: TypeNode): void {
      if (value === null || value === undefined) return;
      if (Array.isArray(value)) {
        for (const item of value) json(item, itemOf(type));
        return;
      }
      const name = nameOf(type);
      if (typeOf(name).kind === 'enum') enumValue(name, String(value));
      if (typeOf(name).kind !== 'input') return;
      for (const [key, input] of typeOf(name).inputs) {
        const inside = new Map<string, unknown>(Object.entries(value)).get(key);
        if (inside === undefined || (scope.isAlone && isFallback(inside, input))) continue;
        inputField(name, key, input);
        json(inside, input.type);
      }
    }

    /** Returns false where nothing was supplied. */
    function variable(name: string, type: TypeNode): boolean {
      if (name in scope.variables) {
        json(scope.variables[name], type);
        return true;
      }
      const fallback = scope.operation.variableDefinitions?.find(
        (each) => each.variable.name.value === name,
      )?.defaultValue;
      if (fallback === undefined) return false;
      if (scope.isAlone) json(plainOf(fallback), type);
      else literal(fallback, type);
      return true;
    }

    function wasSupplied(value: ValueNode): boolean {
      return (
        value.kind !== 'Variable' ||
        value.name.value in scope.variables ||
        scope.operation.variableDefinitions?.some(
          (each) => each.variable.name.value === value.name.value && each.defaultValue,
        ) === true
      );
    }

    function literal(value: ValueNode, type: TypeNode): void {
      if (value.kind === 'Variable') variable(value.name.value, type);
      if (value.kind === 'ListValue') for (const item of value.values) literal(item, itemOf(type));
      if (value.kind === 'EnumValue') enumValue(nameOf(type), value.value);
      if (value.kind !== 'ObjectValue') return;
      for (const field of value.fields) {
        const input = typeOf(nameOf(type)).inputs.get(field.name.value);
        if (input === undefined || !wasSupplied(field.value)) continue;
        inputField(nameOf(type), field.name.value, input);
        literal(field.value, input.type);
      }
    }

    const field = typeOf(parent).fields.get(node.name.value);
    for (const argument of node.arguments ?? []) {
      const input = field?.args.get(argument.name.value);
      if (input === undefined || !wasSupplied(argument.value)) continue;
      found.push({
        coordinate: `${parent}.${node.name.value}(${argument.name.value}:)`,
        clauses: clausesOfArgument(parent, node.name.value, argument.name.value),
      });
      literal(argument.value, input.type);
    }
    return found;
  }

  function deniedBefore(request: OracleRequest): readonly Denied[] {
    const scope = scopeOf(request);
    const denied: Denied[] = [];
    const { viewer } = request;
    const add = (coordinate: string, path: string, byProof: boolean) => {
      if (!denied.some((each) => each.coordinate === coordinate && each.path === path)) {
        denied.push({ coordinate, path, byProof });
      }
    };
    const visit = (parent: string, sets: readonly SelectionSetNode[], path: readonly string[]) => {
      const isAlways = (condition: string) =>
        condition === parent ||
        typeOf(parent).interfaces.includes(condition) ||
        typeOf(condition).members.includes(parent);
      for (const [key, nodes] of expand(scope, sets, isAlways)) {
        const [node] = nodes;
        const field = node && typeOf(parent).fields.get(node.name.value);
        const here = [...path, key];
        if (node?.name.value === '__typename' && path.length === 0) {
          const ofType = clausesOfType(parent);
          if (!passes(ofType, viewer)) add(parent, key, hasRights(ofType, viewer));
        }
        if (node === undefined || field === undefined) continue;
        const coordinate = `${parent}.${node.name.value}`;
        const clauses = clausesOfField(parent, node.name.value);
        const isRoot = path.length === 0;
        const isForbidden = isRoot
          ? !hasRights(clauses, viewer, parent)
          : failsWhateverPoliciesSay(clauses, viewer);
        const isCertain = isForbidden || !isProved(clauses, viewer);
        if (isCertain) add(coordinate, here.join('.'), !isForbidden);
        for (const { clauses: own, coordinate: input } of suppliedInputs(scope, parent, node)) {
          if (!passes(own, viewer)) add(input, here.join('.'), hasRights(own, viewer));
        }
        const inside = nodes.flatMap((each) => each.selectionSet ?? []);
        visit(nameOf(field.type), inside, here);
      }
    };
    visit(scope.root, [scope.operation.selectionSet], []);
    return denied;
  }

  function run(request: OracleRequest): OracleResult {
    const scope = scopeOf(request);
    const deniedPaths: string[] = [];
    let hasBubbled = false;
    let isNarrowed = false;
    const refuse = (path: string) => {
      deniedPaths.push(path);
      return null;
    };

    function complete(
      field: {
        readonly coordinate: string;
        readonly nodes: readonly FieldNode[];
        readonly hasRow: (runtime: string) => boolean;
      },
      type: TypeNode,
      path: string,
      index: number,
    ): unknown {
      if (type.kind === 'NonNullType') {
        return complete(field, type.type, path, index) ?? bubble;
      }
      if (type.kind === 'ListType') {
        const items = itemsAt(field.coordinate)
          .filter((item) => isLeft(field, type.type, index + item))
          .map((item, at) => complete(field, type.type, `${path}.${at}`, index + item));
        if (!items.includes(bubble)) return items;
        hasBubbled = true;
        return null;
      }
      const name = nameOf(type);
      const declared = typeOf(name);
      if (declared.kind === 'enum') {
        const value = pick(field.coordinate, [...declared.values.keys()], index);
        return maySee(`${name}.${value}`, request.viewer) ? value : refuse(path);
      }
      if (!['object', 'interface', 'union'].includes(declared.kind)) return field.coordinate;
      const runtime = pick(field.coordinate, possible(name), index);
      if (declared.kind !== 'object' && !maySee(runtime, request.viewer)) return refuse(path);
      return object(
        runtime,
        field.nodes.flatMap((each) => each.selectionSet ?? []),
        path,
      );
    }

    /** Whether an item is left to the viewer. Lists in a list are, with the rows that are left of them. */
    function isLeft(
      field: { readonly coordinate: string; readonly hasRow: (runtime: string) => boolean },
      type: TypeNode,
      index: number,
    ): boolean {
      if (type.kind === 'NonNullType') return isLeft(field, type.type, index);
      if (type.kind === 'ListType') return true;
      const name = nameOf(type);
      if (!['object', 'interface', 'union'].includes(typeOf(name).kind)) return true;
      return field.hasRow(pick(field.coordinate, possible(name), index));
    }

    function object(type: string, sets: readonly SelectionSetNode[], path: string): unknown {
      const isOfType = (condition: string) => possible(condition).includes(type);
      const data: Record<string, unknown> = {};
      for (const [key, nodes] of expand(scope, sets, isOfType)) {
        const [node] = nodes;
        if (node === undefined) continue;
        const here = path === '' ? key : `${path}.${key}`;
        if (node.name.value === '__typename') {
          data[key] = type;
          continue;
        }
        const field = typeOf(type).fields.get(node.name.value);
        if (field === undefined) continue;
        const coordinate = `${type}.${node.name.value}`;
        const isDenied =
          !maySee(coordinate, request.viewer) ||
          suppliedInputs(scope, type, node).some(({ clauses }) => !passes(clauses, request.viewer));
        const isNonNull = field.type.kind === 'NonNullType';
        if (isDenied) {
          refuse(here);
          data[key] = isNonNull ? bubble : null;
        } else if (isNullAt(coordinate) && !isNonNull) data[key] = null;
        else {
          const clauses = clausesOfField(type, node.name.value);
          const hasRow = (runtime: string) =>
            clauses.every((clause) => leavesRow(clause, request.viewer ?? [], runtime));
          isNarrowed ||= clauses.some((clause) => !leavesRow(clause, request.viewer ?? [], 'any'));
          data[key] = complete({ coordinate, nodes, hasRow }, field.type, here, 0);
        }
      }
      if (!Object.values(data).includes(bubble)) return data;
      hasBubbled = true;
      return null;
    }

    const data = object(scope.root, [scope.operation.selectionSet], '');
    return { data, deniedPaths, hasBubbled, isNarrowed };
  }

  const held = (viewer: OracleViewer): OracleViewer => viewer && [...groupsInEffect(sdl, viewer)];
  const asHeld = (request: OracleRequest) => ({ ...request, viewer: held(request.viewer) });
  return {
    deniedBefore: (request) => deniedBefore(asHeld(request)),
    run: (request) => run(asHeld(request)),
    maySee: (coordinate, viewer) => maySee(coordinate, held(viewer)),
  };
}

const passes = (clauses: readonly OracleClause[], viewer: OracleViewer, parent = ''): boolean =>
  hasRights(clauses, viewer, parent) && isProved(clauses, viewer);

/** Whether groups and policies admit a viewer. Only a field of a type bears policies. */
function hasRights(clauses: readonly OracleClause[], viewer: OracleViewer, parent = ''): boolean {
  return clauses.every(({ requires, or, rows }) => {
    if (viewer === null) return false;
    // Rows never refuse: an empty list is an answer.
    if (rows !== undefined) return true;
    if (requires === undefined && or === undefined) return true;
    if (requires?.some((group) => viewer.includes(group))) return true;
    return or?.some((policy) => policyAdmits(policy, parent)) === true;
  });
}

function failsWhateverPoliciesSay(clauses: readonly OracleClause[], viewer: OracleViewer): boolean {
  if (viewer === null) return clauses.length > 0;
  return !hasRights(
    clauses.filter(({ or }) => or === undefined),
    viewer,
  );
}

const scopeOf = (request: OracleRequest): AskedScope => ({
  ...createScope(request),
  isAlone: request.isAlone === true,
});

function nameOf(type: TypeNode): string {
  return type.kind === 'NamedType' ? type.name.value : nameOf(type.type);
}

/** The type of a list's items; a single value in the place of a list is its own item. */
function itemOf(type: TypeNode): TypeNode {
  if (type.kind === 'NonNullType') return itemOf(type.type);
  return type.kind === 'ListType' ? type.type : type;
}

const openType: OracleType = {
  kind: 'scalar',
  clauses: [],
  interfaces: [],
  members: [],
  fields: new Map(),
  inputs: new Map(),
  values: new Map(),
};

function readTypes(sdl: string): ReadonlyMap<string, OracleType> {
  const types = new Map<string, OracleType>();
  for (const definition of parse(sdl).definitions) {
    if (!('directives' in definition) || !('name' in definition)) continue;
    if (definition.name === undefined) continue;
    const clauses = readClauses(definition.directives ?? []);
    const base = { ...openType, clauses };
    const name = definition.name.value;
    if (
      definition.kind === 'ObjectTypeDefinition' ||
      definition.kind === 'InterfaceTypeDefinition'
    ) {
      const fields = new Map(
        (definition.fields ?? []).map((field) => [
          field.name.value,
          {
            clauses: readClauses(field.directives ?? []),
            type: field.type,
            args: readInputs(field.arguments ?? []),
          },
        ]),
      );
      const interfaces = (definition.interfaces ?? []).map((each) => each.name.value);
      const kind = definition.kind === 'ObjectTypeDefinition' ? 'object' : 'interface';
      types.set(name, { ...base, kind, interfaces, fields });
    } else if (definition.kind === 'UnionTypeDefinition') {
      const members = (definition.types ?? []).map((each) => each.name.value);
      types.set(name, { ...base, kind: 'union', members });
    } else if (definition.kind === 'EnumTypeDefinition') {
      const values = new Map(
        (definition.values ?? []).map((value) => [
          value.name.value,
          readClauses(value.directives ?? []),
        ]),
      );
      types.set(name, { ...base, kind: 'enum', values });
    } else if (definition.kind === 'InputObjectTypeDefinition') {
      types.set(name, { ...base, kind: 'input', inputs: readInputs(definition.fields ?? []) });
    } else if (definition.kind === 'ScalarTypeDefinition') {
      types.set(name, { ...base, kind: 'scalar' });
    }
  }
  return types;
}

function readInputs(
  nodes: readonly {
    readonly name: { readonly value: string };
    readonly type: TypeNode;
    readonly defaultValue?: ValueNode | undefined;
    readonly directives?: readonly DirectiveNode[] | undefined;
  }[],
): ReadonlyMap<string, OracleInput> {
  return new Map(
    nodes.map((node) => [
      node.name.value,
      {
        clauses: readClauses(node.directives ?? []),
        type: node.type,
        fallback: node.defaultValue,
      },
    ]),
  );
}

/** The value of a default, as JSON would send it. */
function plainOf(node: ValueNode): unknown {
  if (node.kind === 'IntValue') return Number(node.value);
  if (node.kind === 'ListValue') return node.values.map(plainOf);
  if (node.kind === 'ObjectValue') {
    return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, plainOf(value)]));
  }
  if (node.kind === 'EnumValue') return node.value;
  if (node.kind === 'NullValue') return null;
  throw new Error('No such default is generated.');
}

function readClauses(directives: readonly DirectiveNode[]): readonly OracleClause[] {
  return directives
    .filter(({ name }) => name.value === 'auth')
    .map(({ arguments: args }) => {
      const names = (argument: string): readonly string[] | undefined => {
        const value = args?.find(({ name }) => name.value === argument)?.value;
        if (value === undefined) return undefined;
        const items = value.kind === 'ListValue' ? value.values : [value];
        return items.map((item) => (item.kind === 'EnumValue' ? item.value : ''));
      };
      const isReadable = args?.some(({ name }) => name.value === 'readable') === true;
      const number = (argument: string): number | undefined => {
        const value = args?.find(({ name }) => name.value === argument)?.value;
        return value?.kind === 'IntValue' ? Number(value.value) : undefined;
      };
      return {
        requires: names('requires'),
        or: names('or'),
        rows: names('rows'),
        isReadable,
        maxAge: number('maxAge'),
        factors: number('factors'),
      };
    });
}
