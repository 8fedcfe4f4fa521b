import { getLocation, type Location } from 'graphql';
import { type MistakeName, pagesOf } from '../pages/index.ts';

/** What is wrong with an element of a schema. */
export interface Problem<Name extends string = MistakeName> {
  /** The name by which the documents explain it. */
  readonly name: Name;
  readonly problem: string;
}

/** An error in the guards of a schema. */
export interface Offence<Name extends string = MistakeName> extends Problem<Name> {
  readonly coordinate: string;
  /** The SDL source in which the coordinate is defined, if known. */
  readonly file?: string;
  /** The line in the file, from 1, if known. */
  readonly line?: number;
}

/** Describes an offence in one line. */
export const describeOffence = ({ coordinate, problem, ...place }: Omit<Offence, 'name'>): string =>
  `${coordinate}: ${problem}${printPlace(place)}`;

/** Prints a place behind a message: ` (room.graphql:12)`; empty when the file is not known. */
export function printPlace({ file, line }: Pick<Offence, 'file' | 'line'>): string {
  if (file === undefined) return '';
  return ` (${file}${line === undefined ? '' : `:${line}`})`;
}

/** The guards of the schema are not valid. Lists every offence. */
export class SchemaAuthorizationError extends Error {
  override readonly name = 'SchemaAuthorizationError';
  readonly offences: readonly Offence[];
  /** The addresses of the pages that explain them. */
  readonly pages: readonly string[];

  constructor(offences: readonly Offence[]) {
    const lines = offences.map((offence) => `  ${describeOffence(offence)}`);
    super(`The schema has invalid guards:\n${lines.join('\n')}`);
    this.offences = offences;
    this.pages = pagesOf(offences.map(({ name }) => name));
  }
}

/** The schema does not define what guards are made of. */
export class UndefinedAuthError extends Error {
  override readonly name = 'UndefinedAuthError';
  readonly pages = pagesOf(['auth-not-defined']);
}

/** An element of a schema, with its node in SDL. */
export interface SdlElement {
  readonly astNode?: Located | null | undefined;
}

interface Located {
  readonly loc?: Location | undefined;
  readonly name?: { readonly value?: string; readonly loc?: Location | undefined } | undefined;
}

/** Returns where an element is defined. Unknown for SDL without a source name, and for code-first schemas. */
export const fileOf = (element: SdlElement | undefined): Pick<Offence, 'file' | 'line'> =>
  // A node begins with its description.
  placeAt(element?.astNode?.name?.loc ?? element?.astNode?.loc);

/** Returns the file and line of a location. Unknown for SDL without a source name. */
export function placeAt(loc: Location | undefined): Pick<Offence, 'file' | 'line'> {
  if (loc === undefined || loc.source.name === unnamedSource) return {};
  const { source, start, startToken } = loc;
  // To count the lines before it, for each element of a large schema, takes quadratic time. graphql-tag removes tokens.
  const line = startToken?.line ?? getLocation(source, start).line;
  return { file: source.name, line: line + source.locationOffset.line - 1 };
}

/** The default name of a source in graphql-js. */
const unnamedSource = 'GraphQL request';
