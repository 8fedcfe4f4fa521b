/** Accepts functions with narrower parameters, which the composition calls with values of the project's own types. */
export type Bivariant<Signature extends (...args: never[]) => unknown> = {
  bivarianceHack(...args: Parameters<Signature>): ReturnType<Signature>;
}['bivarianceHack'];
