/** The mistakes in a project's domains, schema and guards, one line for each. */
export class CompositionError extends Error {
  override readonly name = 'CompositionError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[], options?: ErrorOptions) {
    const lines = problems.map((each) => `  ${each}`);
    super(`The schema cannot be composed:\n${lines.join('\n')}`, options);
    this.problems = problems;
  }
}
