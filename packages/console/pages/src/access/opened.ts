/** A field, argument, input field or enum value that a group opens, with a way to it. */
interface Opened {
  readonly coordinate: string;
  readonly way: readonly string[];
}

/** Says how much a group opens: the same number and words wherever it is said. */
export const countOpened = (opened: readonly Opened[]): string =>
  opened.length === 1 ? '1 field or input' : `${opened.length.toLocaleString()} fields and inputs`;

/** Returns those that an operation can begin with. The others are below them. */
export const rootsOf = <Each extends Opened>(opened: readonly Each[]): readonly Each[] =>
  opened.filter(({ way }) => way.length === 1);
