/** A module that is loaded when it is first needed: it imports types alone, so that it shares no chunk with others. */
interface LazyModule<Parts, Made> {
  create(parts: Parts): Made;
}

/** Creates the function that loads a module once, and returns what the module creates from `parts`. */
export function lazily<Parts, Made>(
  load: () => Promise<LazyModule<Parts, Made>>,
  parts: Parts,
): () => Promise<Made> {
  let made: Promise<Made> | undefined;
  return () => {
    made ??= load().then((each) => each.create(parts));
    return made;
  };
}
