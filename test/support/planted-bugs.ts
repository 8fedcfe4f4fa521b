import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A bug that someone could make: a text of one file of the authorization library, and what stands in its place. */
export interface PlantedBug {
  readonly title: string;
  /** Below `packages/authorization/src`. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

export const library = 'packages/authorization/src';

/** Bugs in the rules for types. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    title: 'a field whose type has a rule is not guarded',
    file: 'enforcement/rows/guard-rows.ts',
    from: 'if (!canBeNarrowed && !described.returnsRows) return undefined;',
    to: 'if (!hasRows && !described.returnsRows) return undefined;',
  },
  {
    title: 'a compiled query reads a property of a narrowed viewer',
    file: 'enforcement/rows/guard-rows.ts',
    from: '(context: TContext) => rules.of(decider.viewerOf(context)) === undefined',
    to: '() => true',
  },
  {
    title: 'a compiled query forgets the calls of connections',
    file: 'enforcement/rows/guard-rows.ts',
    from: 'isConnection || connectionTypes.has(wrapped.parent.name)',
    to: 'described.returnsRows',
  },
  {
    title: 'the resolver of a connection need not ask',
    file: 'enforcement/rows/row-steps.ts',
    from: 'const mustAsk = isNarrowed && (isConnection || described.mustAsk);',
    to: 'const mustAsk = isNarrowed && !isConnection && described.mustAsk;',
  },
  {
    title: 'the rule of a connection itself is not asked',
    file: 'enforcement/rows/describe-field.ts',
    from: 'compileTypeRules(requirements, isConnection ? values : [])',
    to: 'compileTypeRules(requirements, [])',
  },
  {
    title: 'the rules of other types below a connection are not asked',
    file: 'enforcement/rows/narrow-field.ts',
    from: 'rules: (name) => (connectionRows.has(name) ? [] : all(name)),',
    to: 'rules: (name) => (connectionRows.has(name) || !isConnection ? [] : all(name)),',
  },
  {
    title: 'an answer is kept for other viewers',
    file: 'enforcement/calls/execution.ts',
    from: 'return getOrAdd(getOrAdd(rowAnswers, isMutation ? rootOf(info.path) : undefined), viewer);',
    to: 'return (Object(createExecutions).kept ??= new Map());',
  },
  {
    title: 'hidden rows of nested lists are kept',
    file: 'enforcement/rows/check-rows.ts',
    from: 'const checkItem = (item: unknown) => checkArrived(item, inside, check);',
    to: 'const checkItem = (item: unknown) => (inside.depth > 0 ? item : checkArrived(item, inside, check));',
  },
  {
    title: 'only the first item of a list is checked',
    file: 'enforcement/rows/check-rows.ts',
    from: 'const one = check(item);',
    to: 'const one = items.indexOf(item) > 0 ? item : check(item);',
  },
  {
    title: 'null takes the place of every hidden row',
    file: 'enforcement/rows/hidden-rows.ts',
    from: 'keepsPlaces: takesList && !isNonNullType(itemType(type))',
    to: 'keepsPlaces: !isNonNullType(itemType(type))',
  },
  {
    title: 'positions are shifted in a list of ids',
    file: 'enforcement/rows/hidden-rows.ts',
    from: 'keepsPlaces: takesList && !isNonNullType(itemType(type))',
    to: 'keepsPlaces: takesList && false',
  },
  {
    title: 'a page is read without the filter',
    file: 'enforcement/rows/hidden-rows.ts',
    from: 'const isRead = hasRows || args.some(isPaging);',
    to: 'const isRead = hasRows || args.some(isPaging) === undefined;',
  },
  {
    title: 'a hidden result of a mutation is null without an error',
    file: 'enforcement/rows/hidden-rows.ts',
    from: 'isNonNullType(type) || parent.name === schema.getMutationType()?.name',
    to: 'isNonNullType(type) || parent.name === undefined',
  },
  {
    title: 'a hidden value that must not be null is not refused',
    file: 'enforcement/rows/hidden-rows.ts',
    from: 'isNonNullType(type) || parent.name === schema.getMutationType()?.name',
    to: 'parent.name === schema.getMutationType()?.name',
  },
  {
    title: 'the rows that a connection has are not checked before it is delivered',
    file: 'enforcement/rows/check-property-rows.ts',
    from: 'if (depth === 0) return check(value);',
    to: 'if (depth === 0) return undefined;',
  },
  {
    title: 'rows that the filter leaves out are delivered shortened',
    file: 'enforcement/rows/row-delivery.ts',
    from: "const isMistake = hiddenRow === 'left out' && narrowed.filters.size > 0;",
    to: 'const isMistake = false;',
  },
  {
    title: 'mistakes are delivered',
    file: 'enforcement/rows/row-delivery.ts',
    from: "if (hiddenRow === 'mistake' || isMistake) {",
    to: "if (hiddenRow === 'mistake') return row;\n    if (isMistake) {",
  },
  {
    title: 'a late answer admits',
    file: 'enforcement/rows/row-delivery.ts',
    from: 'whenArrived(answer, (isAdmitted) => (isAdmitted ? row : hide(call, row)))',
    to: 'whenArrived(answer, () => row)',
  },
  {
    title: 'the declared type decides, also about `__typename` alone',
    file: 'enforcement/rows/runtime-types.ts',
    from: 'if (!isAbstractType(type)) return type.name;\n      const earlier',
    to: 'if (!isAbstractType(type) || info.path.key !== undefined) return type.name;\n      const earlier',
  },
  {
    title: 'the run-time type of a value is asked for again',
    file: 'enforcement/rows/runtime-types.ts',
    from: 'return remember(\n        info,\n        value,\n        whenArrived(found, (name) => remember(info, value, name)),\n      );',
    to: 'return whenArrived(found, (name) => remember(info, value, name));',
  },
  {
    title: 'only the first type of a union has its rule',
    file: 'enforcement/rows/type-rules.ts',
    from: 'if (others.length === 0) {',
    to: 'if (others.length >= 0) {',
  },
  {
    title: 'one clause of several is enough',
    file: 'decision/policies.ts',
    from: 'if (answer === false) return false;',
    to: 'if (answer === false && index + 1 === clauses.length) return false;\n    if (answer === false) continue;',
  },
  {
    title: 'the rule of an interface is not inherited',
    file: 'requirements/compile-coordinates.ts',
    from: 'join(own(type.name), ...interfaces.map(({ name }) => own(name)))',
    to: 'join(own(type.name), ...interfaces.slice(9).map(({ name }) => own(name)))',
  },
  {
    title: 'an undefined property admits',
    file: 'enforcement/calls/policy-calls.ts',
    from: 'if (unread !== undefined) return refuseUnread(unread, name, question);',
    to: 'if (unread !== undefined) return true;',
  },
  {
    title: 'a late row leaves the data before it',
    file: 'hosts/admit.ts',
    from: 'if (data === undefined || late === undefined) return finished;',
    to: 'if (data === undefined || late === undefined || isQuery) return finished;',
  },
  {
    title: 'an anonymous viewer gets objects of types with rules',
    file: 'enforcement/field/guard-abstract-type.ts',
    from: 'if (denied !== undefined) throw denied;',
    to: "if (denied !== undefined && denied.extensions.code !== 'UNAUTHENTICATED') throw denied;",
  },
  {
    title: 'a decision does not say what a rule can hide',
    file: 'enforcement/operation/find-conditions.ts',
    from: 'if (narrowing.length === 0) return;',
    to: 'if (narrowing.length === 0 || used.path.length > 1) return;',
  },
  {
    title: 'a dry run hides',
    file: 'enforcement/rows/row-delivery.ts',
    from: 'decider.reportOnce(denial, narrowed.call.context, info);\n      return row;',
    to: "decider.reportOnce(denial, narrowed.call.context, info);\n      if (hiddenRow !== 'null') return row;",
  },
  {
    title: 'an answer is kept for all root fields of a mutation',
    file: 'enforcement/calls/execution.ts',
    from: 'const isMutation = info.operation.operation === OperationTypeNode.MUTATION;',
    to: 'const isMutation = info === undefined;',
  },
  {
    title: 'an anonymous viewer gets the filter of all rows',
    file: 'enforcement/rows/rows-of.ts',
    from: 'if (refusal !== undefined) throw refusal;',
    to: 'if (refusal !== undefined) return undefined;',
  },
];

/** Replaces the text of a bug in its file. @throws {Error} when the text does not stand there exactly once. */
export function plant({ file, from, to }: PlantedBug, source = readSource(file)): string {
  const [before, after, ...more] = source.split(from);
  if (after === undefined || more.length > 0) throw new Error(`${file} has "${from}" not once.`);
  return `${before}${to}${after}`;
}

const readSource = (file: string): string => readFileSync(join(library, file), 'utf8');
