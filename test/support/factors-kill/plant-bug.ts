import type { GatehousePackage, PackageRuntime, ProofKind } from 'graphql-gatehouse';

/** Plants a bug in a package: proofs are spent outside of the transaction of their login. */
export function plantBug<Settings extends Readonly<Record<string, unknown>>>(
  real: GatehousePackage<Settings>,
): GatehousePackage<Settings> {
  return {
    ...real,
    async factors(parts) {
      const rules = await real.factors?.(parts);
      if (rules === undefined) throw new Error('The package has no factors.');
      const kinds = Object.entries(rules.kinds).map(
        ([name, kind]) => [name, spendOutside(kind, parts)] as const,
      );
      return { ...rules, kinds: Object.fromEntries(kinds) };
    },
  };
}

const spendOutside = (
  kind: ProofKind,
  parts: () => Promise<Pick<PackageRuntime<unknown>, 'sql'>>,
): ProofKind => ({
  ...kind,
  async check(value, attempt) {
    const proof = await kind.check(value, attempt);
    if ('wrong' in proof) return proof;
    const { sql } = await parts();
    return { ...proof, spend: () => proof.spend(sql) };
  },
});
