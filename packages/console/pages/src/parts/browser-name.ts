const browsers = [
  ['Edg', 'Edge'],
  ['OPR', 'Opera'],
  ['Firefox', 'Firefox'],
  ['Chrome', 'Chrome'],
  ['Version', 'Safari'],
] as const;

const systems = [
  [/\bAndroid\b/, 'Android'],
  [/\b(?:iPhone|iPad)\b/, 'iOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bLinux\b/, 'Linux'],
] as const;

/**
 * Returns a short name of what sent a header User-Agent, such as `Chrome 156 on Linux`. What is no browser keeps its text.
 * Anyone can send any text, so this is no proof of anything.
 */
export function toBrowserName(userAgent: string): string {
  if (!userAgent.startsWith('Mozilla/')) return userAgent;
  for (const [token, name] of browsers) {
    const [, version] = new RegExp(`\\b${token}/(\\d+)`).exec(userAgent) ?? [];
    if (version === undefined) continue;
    const system = systems.find(([pattern]) => pattern.test(userAgent))?.[1];
    return `${name} ${version}${system === undefined ? '' : ` on ${system}`}`;
  }
  return userAgent;
}
