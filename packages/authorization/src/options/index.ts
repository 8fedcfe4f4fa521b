export { checkNames, checkOptions, findOptionProblems } from './check-options.ts';
export { didYouMean, nearestName } from './nearest-name.ts';
export type { Shape, Shapes, ShapesOf } from './shape.ts';
