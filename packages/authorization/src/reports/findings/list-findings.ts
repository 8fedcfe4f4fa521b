import type { GraphQLSchema } from 'graphql';
import type { Requirements } from '../../requirements/requirements.ts';
import { findOracles } from './find-oracles.ts';
import { findOtherWays } from './find-other-ways.ts';
import { findRowHints } from './find-row-hints.ts';
import { findUncheckedIds } from './find-unchecked-ids.ts';
import type { Finding } from './finding.ts';

/** Finds the places in a schema where a viewer could get more than the guards intend. Pure. */
export const listFindings = (
  schema: GraphQLSchema,
  requirements: Requirements,
): readonly Finding[] =>
  [findOtherWays, findUncheckedIds, findOracles, findRowHints].flatMap((find) =>
    find(schema, requirements),
  );
