import { describe, expect, it } from 'vitest';
import { createLogger, withoutRedaction } from '../../src/observability/logger.ts';

/** What is logged, line by line. */
function logged(log: (logger: ReturnType<typeof createLogger>) => void, level = 'info') {
  const lines: string[] = [];
  log(createLogger(level, { write: (line) => void lines.push(line) }));
  return lines;
}

describe('the log', () => {
  it('is one JSON object a line, with its time', () => {
    const lines = logged((logger) => {
      logger.info({ port: 4000 }, 'listening');
      logger.warn('two\nlines');
    });
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toMatch(/^\{[^\n]*\}\n$/);
    const [first, second] = lines.map((line) => JSON.parse(line));
    expect(first).toEqual({
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      port: 4000,
      msg: 'listening',
    });
    expect(second).toMatchObject({ level: 40, msg: 'two\nlines' });
  });

  it('leaves out what is below its level', () => {
    const lines = logged((logger) => {
      logger.info('not this');
      logger.warn('but this');
    }, 'warn');
    expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['but this']);
  });

  it('can be silent', () => {
    expect(logged((logger) => logger.fatal('not this'), 'silent')).toEqual([]);
  });

  it('writes an error with its name, message and stack', () => {
    const [line = ''] = logged((logger) =>
      logger.error({ err: new TypeError('broken') }, 'failed'),
    );
    expect(JSON.parse(line).err).toMatchObject({
      type: 'TypeError',
      message: 'broken',
      stack: expect.stringContaining('logger.test.ts'),
    });
  });
});

describe('a secret', () => {
  it.each([
    ['authorization'],
    ['cookie'],
    ['password'],
    ['currentPassword'],
    ['newPassword'],
    ['passwordHash'],
    ['accessToken'],
    ['refreshToken'],
    ['secret'],
    ['variables'],
    ['connectionString'],
  ])('by the name of %s is not logged, at the top, one level down or two', (name) => {
    const lines = logged((logger) => {
      logger.info({ [name]: 'heron-71', user: 'olga' }, 'a');
      logger.info({ request: { [name]: 'heron-71', user: 'olga' } }, 'b');
      logger.info({ request: { headers: { [name]: 'heron-71', user: 'olga' } } }, 'c');
    });
    expect(lines.join('')).not.toContain('heron-71');
    const secret = { [name]: '[secret]', user: 'olga' };
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      expect.objectContaining(secret),
      expect.objectContaining({ request: secret }),
      expect.objectContaining({ request: { headers: secret } }),
    ]);
  });

  it('is not logged when it is an object or a list', () => {
    const lines = logged((logger) => {
      logger.info({ variables: { input: { password: 'heron-71' } } }, 'a');
      logger.info({ accessToken: ['heron-71'] }, 'b');
    });
    expect(lines.join('')).not.toContain('heron-71');
  });

  it('is not logged by the child of a logger, as that of a request is', () => {
    const lines = logged((logger) => {
      logger.child({ requestId: '7' }).info({ password: 'heron-71' }, 'a');
      logger.child({ password: 'heron-71' }).info('b');
    });
    expect(lines.join('')).not.toContain('heron-71');
  });

  it('is not logged in what an error bears', () => {
    const error = Object.assign(new Error('broken'), { connectionString: 'heron-71' });
    const lines = logged((logger) => logger.error({ err: error }, 'failed'));
    expect(lines.join('')).not.toContain('heron-71');
  });
});

it('is looked for in no line of known fields, and in all others still', () => {
  const lines = logged((logger) => {
    withoutRedaction(logger).info({ viewer: { kind: 'user' }, secret: 'known' }, 'operation');
    logger.info({ secret: 'plum' }, 'another');
  });
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { viewer: { kind: 'user' }, secret: 'known', msg: 'operation' },
    { secret: '[secret]', msg: 'another' },
  ]);
});
