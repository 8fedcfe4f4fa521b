import { type GraphQLNamedType, isEnumType, isInterfaceType, isIntrospectionType } from 'graphql';
import { typeNameOf } from '../../requirements/coordinate.ts';
import type { Member, SchemaGraph } from './schema-graph.ts';

/**
 * One way from a root field to a coordinate: the members on it, outermost first. The coordinate is the last of them, or
 * the type or enum value of the last.
 */
export interface Way {
  readonly members: readonly Member[];
  /** The type of the last member whose values are meant. Absent: the way ends at the member. */
  readonly endType?: GraphQLNamedType;
  /** The name of the enum value that is meant. */
  readonly enumValue?: string;
}

/** The shortest ways. `hasMore`: there are others, or the search was ended before it had seen all. */
export interface FoundWays {
  readonly ways: readonly Way[];
  readonly hasMore: boolean;
}

/** The maximum number of parts of ways that are looked at: there can be more ways than could ever be printed. */
const maxSearched = 200_000;

/** A part of a way, from the coordinate towards a root. */
interface Part {
  /** The type that has to be reached. */
  readonly owner: string;
  readonly member?: Member;
  readonly next?: Part;
}

/**
 * Finds the ways to a coordinate, the shortest first. None passes a type twice. Undefined: the schema has no such
 * coordinate.
 *
 * Searches from the coordinate towards the roots, by the least number of members that can be left: no part is looked at
 * that leads to no root, or only to longer ways than those that are returned.
 */
export function findWays(
  graph: SchemaGraph,
  coordinate: string,
  maxWays: number,
): FoundWays | undefined {
  const target = findTarget(graph, coordinate);
  if (target === undefined) return undefined;
  const { parts, ...end } = target;
  const depths = depthsOf(graph);
  const waiting: Part[][] = [];
  const put = (part: Part, length: number): void => {
    const depth = depths.get(part.owner);
    if (depth === undefined) return;
    const queue = waiting[length + depth] ?? [];
    waiting[length + depth] = queue;
    queue.push(part);
  };
  for (const part of parts) put(part, 1);
  const ways: Way[] = [];
  let searched = 0;
  // Both lists grow while they are read.
  for (let length = 0; length < waiting.length; length += 1) {
    for (const part of waiting[length] ?? []) {
      if (ways.length === maxWays || searched === maxSearched) return { ways, hasMore: true };
      searched += 1;
      if (graph.rootNames.includes(part.owner)) ways.push(toWay(part, end));
      const type = graph.schema.getType(part.owner);
      if (type === undefined) throw new Error('unreachable');
      for (const member of graph.to(type)) {
        if (passes(part, member.owner)) continue;
        put({ owner: member.owner, member, next: part }, lengthOf(part) + 1);
      }
    }
  }
  return { ways, hasMore: false };
}

function lengthOf({ next }: Part): number {
  return next === undefined ? 1 : lengthOf(next) + 1;
}

const passes = ({ owner, next }: Part, typeName: string): boolean =>
  owner === typeName || (next !== undefined && passes(next, typeName));

function toWay(first: Part, end: WayEnd): Way {
  const members: Member[] = [];
  for (let part: Part | undefined = first; part !== undefined; part = part.next) {
    if (part.member !== undefined) members.push(part.member);
  }
  return { members, ...end };
}

/** The least number of members from a root to each type. Types that no root reaches are absent. */
function depthsOf(graph: SchemaGraph): ReadonlyMap<string, number> {
  const depths = new Map(graph.rootNames.map((name) => [name, 0]));
  // A map also iterates over what is added meanwhile.
  for (const [name, depth] of depths) {
    for (const below of graph.from(name).flatMap(graph.below)) {
      if (!depths.has(below)) depths.set(below, depth + 1);
    }
  }
  return depths;
}

type WayEnd = Pick<Way, 'endType' | 'enumValue'>;

/** The last parts of all ways to a coordinate. */
interface Target extends WayEnd {
  readonly parts: readonly Part[];
}

/** A member of an interface is that of each type that implements it: each can have guards of its own. */
function findTarget(graph: SchemaGraph, coordinate: string): Target | undefined {
  const { schema } = graph;
  const endType = schema.getType(typeNameOf(coordinate));
  if (endType === undefined || isIntrospectionType(endType)) return undefined;
  if (coordinate === endType.name) return { endType, parts: graph.to(endType).map(toPart) };
  const memberName = coordinate.slice(endType.name.length + 1);
  if (isEnumType(endType) && endType.getValue(memberName)) {
    return { endType, enumValue: memberName, parts: graph.to(endType).map(toPart) };
  }
  const owners = isInterfaceType(endType) ? schema.getPossibleTypes(endType) : [endType];
  const parts = owners
    .flatMap(({ name }) => graph.from(name))
    .filter((each) => each.coordinate.slice(each.owner.length) === `.${memberName}`)
    .map(toPart);
  return parts.length === 0 ? undefined : { parts };
}

const toPart = (member: Member): Part => ({ owner: member.owner, member });
