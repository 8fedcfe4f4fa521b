import type { DirectiveTarget } from './applied-directives.ts';

/** An error in the guards of a schema. */
export interface Offence {
  readonly coordinate: string;
  readonly problem: string;
  /** The SDL source in which the coordinate is defined, if known. */
  readonly file?: string;
}

/** Describes an offence in one line. */
export const describeOffence = ({ coordinate, problem, file }: Offence): string =>
  `${coordinate}: ${problem}${file === undefined ? '' : ` (${file})`}`;

/** The guards of the schema are not valid. Lists every offence. */
export class SchemaAuthorizationError extends Error {
  override readonly name = 'SchemaAuthorizationError';
  readonly offences: readonly Offence[];

  constructor(offences: readonly Offence[]) {
    const lines = offences.map((offence) => `  ${describeOffence(offence)}`);
    super(`The schema has invalid guards:\n${lines.join('\n')}`);
    this.offences = offences;
  }
}

/** Returns the file that defines an element. Unknown for SDL without a source name, and for code-first schemas. */
export function fileOf(element: DirectiveTarget | undefined): Pick<Offence, 'file'> {
  const name = element?.astNode?.loc?.source.name;
  return name === undefined || name === unnamedSource ? {} : { file: name };
}

/** The default name of a source in graphql-js. */
const unnamedSource = 'GraphQL request';
