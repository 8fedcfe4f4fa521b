/** The form of every id (RFC 9562, 4). What has another form is the id of nothing. */
const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a database column of UUIDs could hold this id; asking it for another is an error. */
export function isUuid(id: string): boolean {
  return uuidPattern.test(id);
}
