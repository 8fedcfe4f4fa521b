import { type Mistake, NamedError } from '../../error-pages.ts';

/** The mistakes in a project's domains, schema and guards, one line for each. */
export class CompositionError extends NamedError {
  override readonly name = 'CompositionError';
  readonly problems: readonly string[];

  constructor(mistakes: readonly Mistake[]) {
    const problems = mistakes.map(({ problem }) => problem);
    const lines = problems.map((each) => `  ${each}`);
    const names = mistakes.map(({ name }) => name);
    super(names, `The schema cannot be composed:\n${lines.join('\n')}`);
    this.problems = problems;
  }
}
