import { type ComponentProps, useEffect, useState } from 'react';
import type { Console } from './console.tsx';
import { Loading } from './parts/states.tsx';

type Loaded = typeof import('./console.tsx');

let loading: Promise<Loaded> | undefined;
let loaded: Loaded | undefined;

/** Loads what anonymous viewers do not need, once. Begun before it is known who they are. */
export function loadConsole(): Promise<Loaded> {
  loading ??= import('./console.tsx').then((module) => {
    loaded = module;
    return module;
  });
  return loading;
}

/** The console, when it is loaded. */
export function LoadedConsole(props: ComponentProps<typeof Console>) {
  const [module, setModule] = useState(loaded);
  const [hasFailed, setHasFailed] = useState(false);
  useEffect(() => {
    if (module !== undefined) return;
    loadConsole().then(setModule, () => setHasFailed(true));
  }, [module]);
  if (module !== undefined) return <module.Console {...props} />;
  return <main className="narrow">{hasFailed ? <LoadAgain /> : <Loading rows={3} />}</main>;
}

/** A server with another version has other files. Only the page itself names them. */
const LoadAgain = () => (
  <div className="failed">
    <p className="problem" role="alert">
      The console cannot be loaded. The server may have another version now.
    </p>
    <button type="button" onClick={() => window.location.reload()}>
      Load it again
    </button>
  </div>
);
