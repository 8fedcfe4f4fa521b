import type { IntrospectionAnswer } from './introspection.ts';

/** Replaces introspection in the executor's data by what the viewer can reach. Keeps the rest, and the order. */
export function withIntrospection(
  data: Readonly<Record<string, unknown>>,
  { data: shown }: IntrospectionAnswer,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(data).map(([key, value]) => [
      key,
      Object.hasOwn(shown, key) ? shown[key] : value,
    ]),
  );
}

/** Replaces introspection in an answer by what the viewer can reach. */
export function showIntrospection<
  TError extends { readonly path?: readonly (string | number)[] | undefined },
>(
  {
    data,
    errors = [],
  }: {
    readonly data?: Readonly<Record<string, unknown>> | null | undefined;
    readonly errors?: readonly TError[] | undefined;
  },
  answer: IntrospectionAnswer,
) {
  const others = errors.filter((error) => !isOfIntrospection(error, answer));
  return {
    ...(others.length > 0 ? { errors: others } : {}),
    ...(data === undefined ? {} : { data: data && withIntrospection(data, answer) }),
  };
}

/** Whether an error comes from introspection that the answer replaces. */
export const isOfIntrospection = (
  { path: [key] = [] }: { readonly path?: readonly (string | number)[] | undefined },
  { data }: IntrospectionAnswer,
): boolean => key !== undefined && Object.hasOwn(data, key);
