import { toPlainWords } from './plain-words.ts';

/** In order: later ones are in the user agents of earlier ones. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdg(?:e|A|iOS)?\//, 'Edge'],
  [/\b(?:OPR|Opera)\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\//, 'Firefox'],
  [/\b(?:Chrome|Chromium|CriOS|HeadlessChrome)\//, 'Chrome'],
  [/\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

const maxRead = 500;

/** Describes a device by its user agent, such as `Firefox (Linux)`. Others are words that no mail program links. */
export function describeDevice(userAgent: string): string {
  const text = userAgent.slice(0, maxRead);
  const browser = findName(browsers, text);
  const system = findName(systems, text);
  return browser === undefined || system === undefined
    ? toPlainWords(text)
    : `${browser} (${system})`;
}

const findName = (
  names: readonly (readonly [RegExp, string])[],
  text: string,
): string | undefined => names.find(([form]) => form.test(text))?.[1];
