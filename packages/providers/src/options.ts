import type { OidcProvider } from './oidc.ts';

/** The providers by name: values of the enum `Provider`. A name is part of the identities that it has made. */
export type ProvidersOptions = Readonly<Record<string, OidcProvider>>;

const nameForm = /^[A-Z][A-Z0-9_]{0,39}$/;

/** Mistakes in the configuration, which types do not find. */
export function requireOptions(options: ProvidersOptions): void {
  const names = Object.keys(options);
  if (names.length === 0) throw new TypeError('providers: name at least one provider.');
  const wrong = names.find((name) => !nameForm.test(name) || name.endsWith('_'));
  if (wrong !== undefined) {
    throw new TypeError(
      `providers: ${wrong} must have capital letters, digits and \`_\`, as ACME.`,
    );
  }
}
