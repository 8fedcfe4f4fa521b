import type { GatehousePackage, PackageRuntime, ProofKind } from 'graphql-gatehouse';

/** Plants a bug in a package: proofs are spent outside of the transaction of their login. */
export function plantBug<Settings extends Readonly<Record<string, unknown>>>(
  real: GatehousePackage<Settings>,
): GatehousePackage<Settings> {
  return {
    ...real,
    async factors(runtime) {
      const rules = await real.factors?.(runtime);
      if (rules === undefined) throw new Error('The package has no factors.');
      const kinds = Object.entries(rules.kinds).map(
        ([name, kind]) => [name, spendOutside(kind, runtime)] as const,
      );
      return { ...rules, kinds: Object.fromEntries(kinds) };
    },
  };
}

const spendOutside = (
  kind: ProofKind,
  { sql }: Pick<PackageRuntime<Readonly<Record<string, unknown>>>, 'sql'>,
): ProofKind => ({
  ...kind,
  async check(value, attempt) {
    const proof = await kind.check(value, attempt);
    return 'wrong' in proof ? proof : { ...proof, spend: () => proof.spend(sql) };
  },
});
