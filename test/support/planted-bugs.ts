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

/** Bugs in the rules for types, and then in those for groups in places. */
export const plantedBugs: readonly PlantedBug[] = [
  {
    title: 'a field whose type has a rule is not guarded',
    file: 'enforcement/rows/guard-rows.ts',
    from: 'if (!isRuled && !isBelow) return undefined;',
    to: 'if (!field.hasRows && !isBelow) return undefined;',
  },
  {
    title: 'a compiled query reads a property of a narrowed viewer',
    file: 'enforcement/rows/compile-rows.ts',
    from: 'admitsToTypes: (context) => rulesFor?.(viewerOf(context)) === undefined,',
    to: 'admitsToTypes: () => true,',
  },
  {
    title: 'a compiled query forgets the calls of connections',
    file: 'enforcement/rows/guard-rows.ts',
    from: 'isConnection || parentRows !== undefined',
    to: 'isBelow',
  },
  {
    title: 'the resolver of a connection need not ask',
    file: 'enforcement/rows/check-rows.ts',
    from: "own !== undefined && hidesRows(own) ? field.filter : 'optional'",
    to: "own !== undefined && hidesRows(own) && !isConnection ? field.filter : 'optional'",
  },
  {
    title: 'the rule of a connection itself is not asked',
    file: 'enforcement/rows/compile-rows.ts',
    from: 'const isOfOthers = isConnection || (connection',
    to: 'const isOfOthers = !isConnection && (connection',
  },
  {
    title: 'the rules of other types below a connection are not asked',
    file: 'enforcement/rows/compile-rows.ts',
    from: '(checked.has(typeName) ? [] : ofValues(typeName))',
    to: '(checked.has(typeName) || !isConnection ? [] : ofValues(typeName))',
  },
  {
    title: 'an answer is kept for other viewers',
    file: 'enforcement/calls/execution.ts',
    from: 'return getOrAdd(getOrAdd(rowAnswers, isMutation ? rootOf(info.path) : undefined), viewer);',
    to: 'return (Object(createExecutions).kept ??= new Map());',
  },
  {
    title: 'hidden rows of nested lists are kept',
    file: 'enforcement/rows/check-items.ts',
    from: 'const checkItem = (item: unknown) => checkArrived(item, inside, check);',
    to: 'const checkItem = (item: unknown) => (inside > 0 ? item : checkArrived(item, inside, check));',
  },
  {
    title: 'only the first item of a list is checked',
    file: 'enforcement/rows/check-items.ts',
    from: 'const one = check(item);',
    to: 'const one = items.indexOf(item) > 0 ? item : check(item);',
  },
  {
    title: 'null takes the place of every hidden row',
    file: 'enforcement/rows/row-outcome.ts',
    from: 'takesList && !isNonNullType(itemType(type)) ?',
    to: '!isNonNullType(itemType(type)) ?',
  },
  {
    title: 'positions are shifted in a list of ids',
    file: 'enforcement/rows/row-outcome.ts',
    from: 'takesList && !isNonNullType(itemType(type)) ?',
    to: 'takesList && type === undefined ?',
  },
  {
    title: 'a page is read without the filter',
    file: 'enforcement/rows/row-outcome.ts',
    from: 'if (hasRows || args.some(isPaging)) ',
    to: 'if (hasRows || args.some(isPaging) === undefined) ',
  },
  {
    title: 'a hidden result of a mutation is null without an error',
    file: 'enforcement/rows/row-outcome.ts',
    from: 'isNonNullType(type) || parent.name === schema.getMutationType()?.name',
    to: 'isNonNullType(type) || parent.name === undefined',
  },
  {
    title: 'a hidden value that must not be null is not refused',
    file: 'enforcement/rows/row-outcome.ts',
    from: 'isNonNullType(type) || parent.name === schema.getMutationType()?.name',
    to: 'parent.name === schema.getMutationType()?.name',
  },
  {
    title: 'the rows that a connection has are not checked before it is delivered',
    file: 'enforcement/rows/check-connection.ts',
    from: 'if (depth === 0) return check(value);',
    to: 'if (depth === 0) return undefined;',
  },
  {
    title: 'rows that the filter leaves out are delivered shortened',
    file: 'enforcement/rows/check-rows.ts',
    from: '(isListed && rule.filters.size > 0)',
    to: 'false',
  },
  {
    title: 'mistakes are delivered',
    file: 'enforcement/rows/check-rows.ts',
    from: "if (outcome === 'mistake' || ",
    to: "if (outcome === 'mistake') return row;\n    if (",
  },
  {
    title: 'a late answer admits',
    file: 'enforcement/rows/check-rows.ts',
    from: 'whenArrived(answer, (isAdmitted) => (isAdmitted ? row : hide(call, row)))',
    to: 'whenArrived(answer, () => row)',
  },
  {
    title: 'the declared type decides, also about `__typename` alone',
    file: 'enforcement/rows/runtime-types.ts',
    from: 'const earlier =',
    to: 'if (info.path.key !== undefined) return type.name;\n      const earlier =',
  },
  {
    title: 'the run-time type of a value is asked for again',
    file: 'enforcement/rows/runtime-types.ts',
    from: 'return remember(\n        info,\n        value,\n        whenArrived(found, (name) => remember(info, value, name)),\n      );',
    to: 'return whenArrived(found, (name) => remember(info, value, name));',
  },
  {
    title: 'only the first type of a union has its rule',
    file: 'enforcement/rows/row-rule.ts',
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
    from: 'const declared = [own(type.name), ...interfaces.map(({ name }) => own(name))];',
    to: 'const declared = [own(type.name), ...interfaces.slice(9).map(({ name }) => own(name))];',
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
    file: 'enforcement/rows/check-rows.ts',
    from: 'reportOnce(toDenial(rule), rule.context, info);\n      return row;',
    to: "reportOnce(toDenial(rule), rule.context, info);\n      if (outcome !== 'null') return row;",
  },
  {
    title: 'an answer is kept for all root fields of a mutation',
    file: 'enforcement/calls/execution.ts',
    from: 'const isMutation = info.operation.operation === OperationTypeNode.MUTATION;',
    to: 'const isMutation = info === undefined;',
  },
  {
    title: 'an anonymous viewer gets the filter of all rows',
    file: 'enforcement/rows/ask-rows.ts',
    from: 'const refusal = refusalOf(call, typeName);\n      if (refusal !== undefined) throw refusal;',
    to: 'const refusal = refusalOf(call, typeName);\n      if (refusal !== undefined) return undefined;',
  },
  {
    title: 'the place of a row is taken from the argument',
    file: 'enforcement/places/check-places.ts',
    from: 'const question = { coordinate, row, context };',
    to: 'const named = asked.map(({ belonging }) => [belonging.by, Object(row).id]);\n    const question = { coordinate, row: { ...Object(row), ...Object.fromEntries(named) }, context };',
  },
  {
    title: 'one of the named rows is enough',
    file: 'enforcement/places/check-places.ts',
    from: 'if ((isNamed && !answers.includes(false)) ||',
    to: 'if ((isNamed && (answers.length === 0 || answers.some((answer) => answer !== false))) ||',
  },
  {
    title: 'a group within is met by a global one of its name',
    file: 'requirements/places.ts',
    from: 'satisfiedBy: satisfiedBy.filter((group) => places.typeOf(group) === undefined),',
    to: 'satisfiedBy,',
  },
  {
    title: 'a call that names no place is admitted',
    file: 'enforcement/places/placed-calls.ts',
    from: 'needsRow: isId || !isOfParent,',
    to: 'needsRow: false,',
  },
  {
    title: 'the rows of an interface are all asked by the property of one type',
    file: 'requirements/compile-coordinates.ts',
    from: 'const asked = policiesOf(name, clause).map((policy) => policy.name);',
    to: 'const asked = (Object(clause).asked ??= policiesOf(name, clause).map((policy) => policy.name));',
  },
  {
    title: 'a clause that narrows by no policy is taken for one that refuses',
    file: 'requirements/requirement.ts',
    from: "const kinds = [narrows(clause) ? 'narrows' : '', readable ? 'readable' : ''];",
    to: "const kinds = [readable ? 'readable' : ''];",
  },
];

/** Replaces the text of a bug in its file. @throws {Error} when the text does not stand there exactly once. */
export function plant({ file, from, to }: PlantedBug, source = readSource(file)): string {
  const [before, after, ...more] = source.split(from);
  if (after === undefined || more.length > 0) throw new Error(`${file} has "${from}" not once.`);
  return `${before}${to}${after}`;
}

const readSource = (file: string): string => readFileSync(join(library, file), 'utf8');
