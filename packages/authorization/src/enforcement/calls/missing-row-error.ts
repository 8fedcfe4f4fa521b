import { GraphQLError } from 'graphql';
import type { DenialExtensions, DenialPlace } from './authorization-error.ts';

/** The `extensions` of a {@link MissingRowError}. */
export interface MissingRowExtensions {
  readonly code: 'NOT_FOUND';
  /** The argument or input field with the id. */
  readonly coordinate: string;
  /** Where the id is in the arguments of the field, such as `input.into.2`. */
  readonly argument: string;
  readonly [key: string]: unknown;
}

/** An id names no row that exists for the viewer. The same for a hidden row and for a missing one. */
export class MissingRowError extends GraphQLError {
  override readonly name = 'MissingRowError';
  declare readonly extensions: MissingRowExtensions;

  constructor(
    { coordinate, argument }: Pick<MissingRowExtensions, 'coordinate' | 'argument'>,
    place: DenialPlace = {},
  ) {
    super('Nothing with this id exists.', {
      extensions: { code: 'NOT_FOUND', coordinate, argument },
      ...(place.nodes === undefined ? {} : { nodes: place.nodes }),
      ...(place.path === undefined ? {} : { path: place.path }),
    });
  }

  get denial(): DenialExtensions {
    return { ...this.extensions, reason: 'ROW_MISSING', requires: [], policies: [] };
  }
}
