import type { GraphQLOutputType } from 'graphql';
import { getNullableType, isListType } from 'graphql';
import { rejected } from '../calls/promises.ts';
import type { Step } from '../calls/step.ts';
import { type AnswerSizes, placeOf } from '../sizes/answer-size.ts';
import { isArray } from '../values/list-items.ts';

/**
 * Creates the step that refuses a list which makes the answer too large, before its items are examined: all lists below the
 * items of another can arrive at once. Undefined: the field returns no list.
 */
export function createCountStep<TContext>(
  sizes: AnswerSizes,
  type: GraphQLOutputType,
): Step<'count', TContext> | undefined {
  if (!isListType(getNullableType(type))) return undefined;
  return {
    name: 'count',
    run(value, { info }) {
      if (!isArray(value)) return value;
      const error = sizes.of(info).addItems(value.length, placeOf(info));
      return error === undefined ? value : rejected(error);
    },
  };
}
