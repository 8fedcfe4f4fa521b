/** A provider that speaks OpenID Connect, as a project describes it. */
export interface OidcOptions {
  /** The provider's issuer, such as `https://id.acme.example`. */
  readonly issuer: string;
  /** What a page calls it. Default: its name. */
  readonly label?: string;
  /**
   * Whether a user without an account can create one. Default: `never`. `invited`: with an invitation of `@graphql-gatehouse/mail`.
   */
  readonly signUp?: SignUp;
  /** The claims that name a user, which never change. Default: `['sub']`. For Entra: `['tid', 'oid']`. */
  readonly subject?: readonly string[];
  /**
   * The values that claims must have, such as `{ tid: ['...'] }`. An issuer for many organizations needs it; `anyone`: everyone who has
   * an account there.
   */
  readonly allow?: Readonly<Record<string, readonly string[]>> | 'anyone';
  /** Default: `['openid']`. */
  readonly scopes?: readonly string[];
  /** The values of `acr` or `amr` by which this issuer guarantees two kinds of factors: `{ 'urn:acme:mfa': 2 }`. */
  readonly proves?: Readonly<Record<string, 2>>;
  /**
   * Whether its ID tokens say when the user logged in, by the claim `auth_time`. Without it, a login meets no `maxAge` and confirms
   * nothing. Default: true, which OpenID Connect requires; for Google, false.
   */
  readonly authTime?: boolean;
  /**
   * The groups that a claim gives, such as `{ claim: 'groups', map: { staff: 'STAFF', admins: ['ADMIN', 'STAFF'] } }`: replaced at each
   * login, and held for `lives`. Values without an entry give nothing.
   */
  readonly groups?: GroupsOption;
  /** How long a session lives at most before the user goes to the provider again, in seconds. Default: 12 hours. */
  readonly lives?: number;
}

interface GroupsOption {
  /** A claim whose value is a text or a list of texts. A login whose token lacks it is refused. */
  readonly claim: string;
  /** Groups of the schema by value of the claim. ADMIN is given where it is named alone. */
  readonly map: Readonly<Record<string, string | readonly string[]>>;
}

/** The same with a list for each value. */
export interface GroupsOfClaim {
  readonly claim: string;
  readonly map: ReadonlyMap<string, readonly string[]>;
}

type SignUp = 'open' | 'invited' | 'never';

/** What `oidc` makes of the options. */
export interface OidcProvider {
  readonly issuer: URL;
  readonly label: string | undefined;
  readonly signUp: SignUp;
  readonly subject: readonly string[];
  readonly allow: Readonly<Record<string, readonly string[]>>;
  readonly scopes: readonly string[];
  readonly proves: ReadonlySet<string>;
  /** False: `auth_time` is not read. */
  readonly authTime: boolean;
  /** Undefined: it gives none. */
  readonly groups: GroupsOfClaim | undefined;
  readonly lives: number;
}

const known: Readonly<Record<keyof OidcOptions, true>> = {
  issuer: true,
  label: true,
  signUp: true,
  subject: true,
  allow: true,
  scopes: true,
  proves: true,
  authTime: true,
  groups: true,
  lives: true,
};

const defaultLives = 12 * 60 * 60;

/** Describes a provider that speaks OpenID Connect. @throws {TypeError} for options that are not valid. */
export function oidc(options: OidcOptions): OidcProvider {
  const unknown = Object.keys(options).find((name) => !Object.hasOwn(known, name));
  if (unknown !== undefined) throw new TypeError(`oidc: there is no option ${unknown}.`);
  const { label, signUp = 'never', subject = ['sub'], allow, scopes = ['openid'] } = options;
  const { proves = {}, groups, lives = defaultLives } = options;
  const issuer = parseIssuer(options.issuer);
  const { authTime = issuer.hostname !== google } = options;
  requireOption(
    'signUp',
    signUp === 'open' || signUp === 'invited' || signUp === 'never',
    '`open`, `invited` or `never`',
  );
  requireOption('subject', isTexts(subject), 'a list of claims');
  requireOption('scopes', isTexts(scopes) && scopes.includes('openid'), 'a list with `openid`');
  requireOption(
    'proves',
    isRecord(proves) &&
      Object.entries(proves).every(([value, kinds]) => value !== '' && kinds === 2),
    'values with 2: `{ "urn:acme:mfa": 2 }`',
  );
  requireOption('authTime', typeof authTime === 'boolean', '`true` or `false`');
  requireOption('lives', Number.isInteger(lives) && lives > 0, 'a whole number of seconds');
  requireOption('label', label === undefined || isLabel(label), 'a text of 1 to 64 characters');
  if (allow === undefined) {
    if (isForMany(issuer)) throw new TypeError(forMany(issuer));
  } else if (allow !== 'anyone') {
    // Without a claim it would mean `anyone`, and not say so.
    const values = isRecord(allow) ? Object.values(allow) : [];
    requireOption(
      'allow',
      values.length > 0 && values.every(isTexts),
      'lists of values by claim, or `anyone`',
    );
  }
  return {
    issuer,
    label,
    signUp,
    subject,
    allow: allow === undefined || allow === 'anyone' ? {} : allow,
    scopes,
    proves: new Set(Object.keys(proves)),
    authTime,
    groups: groups === undefined ? undefined : toGroupsOfClaim(groups),
    lives,
  };
}

function toGroupsOfClaim(given: GroupsOption): GroupsOfClaim {
  const form = "a claim and a map: `{ claim: 'groups', map: { staff: 'STAFF' } }`";
  const isValid = isRecord(given) && typeof given.claim === 'string' && isRecord(given.map);
  requireOption('groups', isValid, form);
  const map = Object.entries(given.map).map(([value, groups]) => [value, [groups].flat()] as const);
  requireOption(
    'groups',
    given.claim !== '' && map.length > 0 && map.every(([, groups]) => isTexts(groups)),
    form,
  );
  return { claim: given.claim, map: new Map(map) };
}

function requireOption(option: string, isValid: boolean, form: string): void {
  if (!isValid) throw new TypeError(`oidc: ${option} must be ${form}.`);
}

const forMany = ({ href }: URL): string =>
  `oidc: ${href} is for many organizations. Say whose users may log in, such as allow: { tid: ['...'] } (Google: hd), or allow: 'anyone'.`;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isTexts = (list: unknown): list is readonly string[] =>
  Array.isArray(list) &&
  list.length > 0 &&
  list.every((each) => typeof each === 'string' && each !== '');

const isLabel = (label: unknown): boolean =>
  typeof label === 'string' && /^[^\p{C}\p{Zl}\p{Zp}]{1,64}$/u.test(label);

/** Addresses on this machine, for development. */
const loopbackHosts: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Whether requests to an address are safe: with TLS, or to this machine where that is allowed. */
export const isSafeAddress = (
  { protocol, hostname }: Pick<URL, 'protocol' | 'hostname'>,
  allowsInsecure: boolean,
): boolean =>
  protocol === 'https:' ||
  (allowsInsecure && protocol === 'http:' && loopbackHosts.includes(hostname));

function parseIssuer(text: string): URL {
  const issuer = URL.canParse(text) ? new URL(text) : undefined;
  const isValid =
    issuer !== undefined &&
    isSafeAddress(issuer, true) &&
    issuer.search === '' &&
    issuer.hash === '' &&
    issuer.username === '' &&
    issuer.password === '';
  if (isValid) return issuer;
  throw new TypeError(
    'oidc: issuer must be an address with https, such as https://id.acme.example; http only for this machine, in development.',
  );
}

const google = 'accounts.google.com';

/** Issuers whose tokens are for everyone who has an account at any of their organizations. The id is that of personal accounts. */
const isForMany = ({ hostname, pathname }: URL): boolean =>
  hostname === google ||
  (/(^|\.)microsoftonline\.(com|us|cn)$/.test(hostname) &&
    /^\/(common|organizations|consumers|9188040d-6c67-4ce1-b112-36a304b66dad)(\/|$)/i.test(
      pathname,
    ));
