/** What one operation may be. Each is a setting; what goes over it is refused before anything runs. */
export interface OperationLimits {
  /** How long an operation may take, waiting included, in milliseconds. */
  readonly timeoutMs: number;
  /** Bytes of a body over HTTP, and of a message over a WebSocket. */
  readonly maxBodyBytes: number;
  /** Errors of validation, or of variables that do not fit, that one answer tells. */
  readonly maxErrors: number;
  /** Lexical tokens of a document; comments are none. */
  readonly maxTokens: number;
  /** Fields inside one another; fragments add nothing. Introspection has its own limit. */
  readonly maxDepth: number;
  /** Fields inside one another from `__schema` or `__type` on, which count. */
  readonly maxIntrospectionDepth: number;
  /** Renamed fields, `__typename` among them, as often as fragments select them. */
  readonly maxAliases: number;
  /** Fields of the root type, as often as they are selected. */
  readonly maxRootFields: number;
  /** Fields, inline fragments and fragment spreads, as often as fragments select them. */
  readonly maxSelections: number;
  /** Directives in a document, wherever they stand. */
  readonly maxDirectives: number;
  /** Directives at one place, such as a field. */
  readonly maxDirectivesAtOnePlace: number;
  /** Variables that an operation declares, and variables that a request sends. */
  readonly maxVariables: number;
  /** Values in the variables sent: scalars, lists and objects, at any depth. */
  readonly maxVariableValues: number;
  /** Lists and objects inside one another in the variables sent. */
  readonly maxVariableDepth: number;
  /** What an operation may cost, by the kind of its viewer. */
  readonly maxCost: Readonly<Record<'anonymous' | 'user' | 'apiClient', number>>;
}
