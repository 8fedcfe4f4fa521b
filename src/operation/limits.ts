/** The limits of one operation. Each is a setting. An operation beyond one of them is refused before anything runs. */
export interface OperationLimits {
  /** The maximum duration of an operation, waiting included, in milliseconds. */
  readonly timeoutMs: number;
  /** The maximum size of a body over HTTP, and of a message over a WebSocket, in bytes. */
  readonly maxBodyBytes: number;
  /** The maximum number of errors in one answer for an invalid document or invalid variables. */
  readonly maxErrors: number;
  /** The maximum number of lexical tokens in a document, without comments. */
  readonly maxTokens: number;
  /** The maximum depth of fields. Fragments add nothing, and introspection has its own limit. */
  readonly maxDepth: number;
  /** The maximum depth of fields from `__schema` or `__type` on, which count. */
  readonly maxIntrospectionDepth: number;
  /** The maximum number of renamed fields, `__typename` included, counted as often as fragments select them. */
  readonly maxAliases: number;
  /** The maximum number of fields of the root type, counted as often as they are selected. */
  readonly maxRootFields: number;
  /** The maximum number of fields, inline fragments and fragment spreads, counted as often as fragments select them. */
  readonly maxSelections: number;
  /** The maximum number of directives in a document. */
  readonly maxDirectives: number;
  /** The maximum number of directives at one place, such as a field. */
  readonly maxDirectivesAtOnePlace: number;
  /** The maximum number of variables that an operation declares, and that a request sends. */
  readonly maxVariables: number;
  /** The maximum number of values in the sent variables: scalars, lists and objects, at any depth. */
  readonly maxVariableValues: number;
  /** The maximum depth of lists and objects in the sent variables. */
  readonly maxVariableDepth: number;
  /** The maximum cost of an operation, by the kind of its viewer. */
  readonly maxCost: Readonly<Record<'anonymous' | 'user' | 'apiClient', number>>;
}
