import type { Outcome } from '@graphql-gatehouse/authorization/decision';
import {
  type App,
  type ComputedRef,
  computed,
  defineComponent,
  type InjectionKey,
  inject,
  type MaybeRefOrGetter,
  onMounted,
  onScopeDispose,
  type SetupContext,
  type ShallowRef,
  shallowRef,
  toValue,
  watchEffect,
} from 'vue';
import type { TypedDocument } from './documents.ts';
import type { GatehouseClient } from './gatehouse-client.ts';
import type { RegisteredCoordinate } from './index.ts';
import { type Depending, decideTarget, isAsked, isPermitted, type Target } from './target.ts';
import type { Viewer } from './viewer.ts';

const clientKey: InjectionKey<GatehouseClient> = Symbol('gatehouse');

/** Creates the plugin that provides a client: `app.use(gatehousePlugin(client))`. */
export const gatehousePlugin = (client: GatehouseClient) => ({
  install: (app: App): void => void app.provide(clientKey, client),
});

/** Returns the client. @throws {Error} in an app without the plugin. */
export function useGatehouse(): GatehouseClient<RegisteredCoordinate> {
  const client = inject(clientKey);
  if (client === undefined) throw new Error('useGatehouse needs app.use(gatehousePlugin(client)).');
  return client;
}

/** Returns who uses this page. Call it in `setup`. */
export function useViewer(): Readonly<ShallowRef<Viewer>> {
  const client = useGatehouse();
  const viewer = shallowRef(client.viewer());
  let stop = (): void => {};
  // Not on a server, which renders for many viewers.
  onMounted(() => {
    const read = () => {
      viewer.value = client.viewer();
    };
    stop = client.subscribe(read);
    read();
  });
  onScopeDispose(() => stop());
  return viewer;
}

/** Decides a coordinate or an operation, like `can` of the client, for the viewer of each moment. */
export function useCan<Variables extends object>(
  target: MaybeRefOrGetter<RegisteredCoordinate | TypedDocument<unknown, Variables>>,
  variables?: MaybeRefOrGetter<Variables | undefined>,
): ComputedRef<Outcome> {
  const client = useGatehouse();
  const viewer = useViewer();
  return computed(() => {
    // Read, so that the decision follows it.
    viewer.value;
    return decideTarget(client, toValue(target), toValue(variables));
  });
}

/** The properties of {@link Can}. Variables may be left out when an operation has none, or only optional ones. */
type CanProps<Variables extends object> = {
  /** The operation that a click would run, or a coordinate. */
  readonly run: TypedDocument<unknown, Variables> | RegisteredCoordinate;
  /** What is shown where the decision depends on data. By default the server is asked. */
  readonly depends?: Depending;
} & (Record<string, never> extends Variables
  ? { readonly variables?: Variables }
  : { readonly variables: Variables });

/**
 * Shows its default slot to viewers who may run an operation, and the slot `fallback` to others. Asks the server
 * where that depends on data.
 */
export const Can = defineComponent(
  function Can<Variables extends object>(props: CanProps<Variables>, { slots }: SetupContext) {
    const client = useGatehouse();
    const viewer = useViewer();
    const outcome = shallowRef<Outcome>('depends');
    const depends = () => props.depends ?? 'ask';
    // Variables are compared by value: a new object for each rendering is not a new question.
    const key = computed(() => JSON.stringify(props.variables ?? {}));
    watchEffect((onCleanup) => {
      const run: Target = props.run;
      const variables: object = JSON.parse(key.value);
      const known = decideTarget(client, run, variables);
      outcome.value = known;
      if (!isAsked(known, depends(), viewer.value) || typeof run === 'string') return;
      let isCurrent = true;
      onCleanup(() => {
        isCurrent = false;
      });
      const take = (answer: Outcome) => {
        if (isCurrent) outcome.value = answer;
      };
      client.ask(run, variables).then(take, () => {});
    });
    return () =>
      isPermitted(outcome.value, depends(), viewer.value) ? slots.default?.() : slots.fallback?.();
  },
  { props: ['run', 'variables', 'depends'] },
);
