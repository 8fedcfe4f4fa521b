import { compileGuards, compileRules, schemaHash } from '@graphql-gatehouse/authorization/rules';
import {
  type Authentication,
  createGatehouseClient,
  type GatehouseClient,
  type TypedDocument,
  type Viewer,
} from '@graphql-gatehouse/client';
import { type DocumentNode, type GraphQLSchema, parse } from 'graphql';
import { createCompileDocument } from '../../packages/codegen/src/document-rules.ts';

/** A document as the preset generates it. */
export type GeneratedDocument<Result> = TypedDocument<Result, object> & DocumentNode;

/** The generated parts of a front end. */
export interface FrontEnd {
  readonly generated: {
    readonly rules: ReturnType<typeof compileRules>;
    readonly schemaHash: string;
  };
  document<Result = Record<string, unknown>>(
    text: string | DocumentNode,
  ): GeneratedDocument<Result>;
  /** A client of a viewer in these groups with these proofs, which asks no server. Null: anonymous. */
  clientOf(groups: readonly string[] | null, proofs?: ClientProofs): GatehouseClient;
}

/** What the session has proved. `EACH_REQUEST`: the viewer is an API client. */
export type ClientProofs = readonly Authentication[] | 'EACH_REQUEST';

/** Generates what `@graphql-gatehouse/codegen` would from a schema, and documents as they are needed. */
export function createFrontEnd(schema: GraphQLSchema): FrontEnd {
  const rules = compileRules(compileGuards(schema));
  const generated = { rules, schemaHash: schemaHash(schema) };
  const compile = createCompileDocument(schema, true);
  return {
    generated,
    document(given) {
      const document = typeof given === 'string' ? parse(given) : given;
      const gatehouse = compile(document);
      return { ...document, __meta__: gatehouse === undefined ? {} : { gatehouse } };
    },
    clientOf: (groups, proofs = []) =>
      createGatehouseClient({
        url: '/graphql',
        session: 'cookie',
        ...generated,
        viewer: toViewer(groups, proofs),
      }),
  };
}

const toViewer = (groups: readonly string[] | null, proofs: ClientProofs): Viewer => ({
  state: groups === null ? 'anonymous' : 'authenticated',
  groups: groups ?? [],
  ...(proofs === 'EACH_REQUEST'
    ? { principal: { __typename: 'ApiClient', id: '1' } }
    : { principal: null, authentications: proofs }),
});
