/** What may reach a route of a package over HTTP. */
export interface RouteRules {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** A path, or all paths below one: `/things/*`. */
  readonly path: string;
  /** By what it knows its viewer. Other credentials are removed from the request. */
  readonly takes: 'nothing' | 'bearer' | 'cookie';
  /** The maximum size of a body, in bytes. Absent: it takes none. */
  readonly maxBodyBytes?: number;
  /** The media types of a body, without parameters, such as `application/json`. Text is always in UTF-8. */
  readonly contentTypes?: readonly string[];
}

/** The end of a path that stands for all paths below one. */
export const anyBelow = '/*';

const isFolder = (path: string): boolean => path.endsWith(anyBelow);

/** With the slash. */
const folderOf = (path: string): string => path.slice(0, -1);

/** Whether a path of a route is this one, or has it below it. Pure. */
export const matchesPath = (path: string, asked: string): boolean =>
  isFolder(path) ? asked.startsWith(folderOf(path)) && asked.length >= path.length : asked === path;

/** Whether one request could be for both paths of routes. Pure. */
export function pathsOverlap(one: string, other: string): boolean {
  if (!isFolder(one)) return matchesPath(other, one);
  if (!isFolder(other)) return matchesPath(one, other);
  return folderOf(one).startsWith(folderOf(other)) || folderOf(other).startsWith(folderOf(one));
}
