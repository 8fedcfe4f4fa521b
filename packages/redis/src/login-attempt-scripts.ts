/**
 * The scripts that count login attempts in Redis, which runs each of them atomically.
 *
 * A counter is a hash with the fields `points` and `endsAt`, the end of its window in milliseconds since 1970. Its key
 * expires with the window. Times come from the nodes, as those in the table do.
 */
export const loginAttemptScripts = {
  /**
   * KEYS: the counters. ARGV: the time, the end of a window that begins now, the limit of each counter.
   * Returns 0 and the end of the first full counter, or 1 and the points and end of each counter.
   */
  take: `
    local now = tonumber(ARGV[1])
    local counters = {}
    for index, key in ipairs(KEYS) do
      local found = redis.call('HMGET', key, 'points', 'endsAt')
      local points, endsAt = tonumber(found[1]) or 0, tonumber(found[2]) or 0
      if endsAt <= now then
        points, endsAt = 0, tonumber(ARGV[2])
      end
      if points >= tonumber(ARGV[2 + index]) then
        return { 0, endsAt }
      end
      counters[index] = { points + 1, endsAt }
    end
    local reply = { 1 }
    for index, key in ipairs(KEYS) do
      local points, endsAt = counters[index][1], counters[index][2]
      redis.call('HSET', key, 'points', points, 'endsAt', string.format('%.0f', endsAt))
      redis.call('PEXPIRE', key, string.format('%.0f', endsAt - now))
      table.insert(reply, points)
      table.insert(reply, endsAt)
    end
    return reply`,

  /** KEYS: the counters. ARGV: the time, the limit of each counter. Returns the end of the last full one, or 0. */
  fullUntil: `
    local now = tonumber(ARGV[1])
    local last = 0
    for index, key in ipairs(KEYS) do
      local found = redis.call('HMGET', key, 'points', 'endsAt')
      local points, endsAt = tonumber(found[1]) or 0, tonumber(found[2]) or 0
      if endsAt > now and points >= tonumber(ARGV[1 + index]) then
        last = math.max(last, endsAt)
      end
    end
    return { last }`,

  /** KEYS: the counters. ARGV: for each of them, the end of the window in which the attempt was counted. */
  giveBack: `
    for index, key in ipairs(KEYS) do
      local found = redis.call('HMGET', key, 'points', 'endsAt')
      local points, endsAt = tonumber(found[1]) or 0, tonumber(found[2]) or 0
      if points > 0 and endsAt <= tonumber(ARGV[index]) then
        redis.call('HINCRBY', key, 'points', -1)
      end
    end
    return {}`,
} as const;
