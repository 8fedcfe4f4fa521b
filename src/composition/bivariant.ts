/** Lets a function with narrower parameters stand where the composition calls it with the project's own. */
export type Bivariant<Signature extends (...args: never[]) => unknown> = {
  bivarianceHack(...args: Parameters<Signature>): ReturnType<Signature>;
}['bivarianceHack'];
