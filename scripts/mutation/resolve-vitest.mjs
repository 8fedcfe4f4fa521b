// A hook of Node's module loader: tests that import `vitest` get the stand-in beside this file.
export const resolve = (specifier, context, nextResolve) =>
  specifier === 'vitest'
    ? { url: new URL('./vitest.mjs', import.meta.url).href, shortCircuit: true }
    : nextResolve(specifier, context);
