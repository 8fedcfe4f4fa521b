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

/** The maximum number of parts of ways that are kept: there can be more ways than could ever be printed. */
const maxKept = 100_000;
/** So many parts are looked at in one step. */
const partsOfStep = 64;

/** A part of a way, from the coordinate towards a root. */
interface Part {
  /** The type that has to be reached. */
  readonly owner: string;
  readonly member?: Member;
  readonly next?: Part;
}

/**
 * Finds the ways to a coordinate, the shortest first. None passes a type twice. Undefined: the schema has no such
 * coordinate. It yields from time to time, so that a server can do other work meanwhile.
 *
 * Searches from the coordinate towards the roots, by the least number of members that can be left: no part is kept that
 * leads to no root except through its own types, and none is looked at that leads only to longer ways than those that are
 * returned.
 */
export function* findWays(
  graph: SchemaGraph,
  coordinate: string,
  maxWays: number,
): Generator<undefined, FoundWays | undefined> {
  const target = findTarget(graph, coordinate);
  if (target === undefined) return undefined;
  const { parts, ...end } = target;
  const waiting: Part[][] = [];
  const depthOf = createDepthOf(graph);
  let kept = 0;
  const put = (part: Part, length: number): void => {
    const depth = depthOf(part);
    if (depth === undefined) return;
    const queue = waiting[length + depth] ?? [];
    waiting[length + depth] = queue;
    queue.push(part);
    kept += 1;
  };
  for (const part of parts) put(part, 1);
  const ways: Way[] = [];
  let searched = 0;
  // Both lists grow while they are read.
  for (let length = 0; length < waiting.length; length += 1) {
    for (const part of waiting[length] ?? []) {
      if (ways.length === maxWays || kept > maxKept) return { ways, hasMore: true };
      searched += 1;
      if (searched % partsOfStep === 0) yield;
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

/**
 * Creates the function that returns the least number of members from a root to a part that passes none of its other types.
 * Undefined: there is no such way. A lower bound: each of these types is left out alone.
 */
function createDepthOf(graph: SchemaGraph): (part: Part) => number | undefined {
  const known = new Map<string, ReadonlyMap<string, number>>();
  const depthsWithout = (typeName: string): ReadonlyMap<string, number> => {
    const depths = known.get(typeName) ?? depthsOf(graph, typeName);
    known.set(typeName, depths);
    return depths;
  };
  return ({ owner, next }) => {
    let least = depthsWithout('').get(owner);
    for (let part = next; part !== undefined && least !== undefined; part = part.next) {
      const depth = depthsWithout(part.owner).get(owner);
      least = depth === undefined ? undefined : Math.max(least, depth);
    }
    return least;
  };
}

/** The least number of members from a root to each type, without passing one of them. Other types are absent. */
function depthsOf(graph: SchemaGraph, without: string): ReadonlyMap<string, number> {
  const roots = graph.rootNames.filter((name) => name !== without);
  const depths = new Map(roots.map((name) => [name, 0]));
  // A map also iterates over what is added meanwhile.
  for (const [name, depth] of depths) {
    for (const below of graph.from(name).flatMap(graph.below)) {
      if (below !== without && !depths.has(below)) depths.set(below, depth + 1);
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
