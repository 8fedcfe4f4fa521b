import { defineDomain, parseText } from 'graphql-gatehouse';
import type { Context } from '../context.ts';
import type { Organization, Project, Task } from '../generated/prisma/client.ts';
import type { Resolvers } from '../generated/resolver-types.ts';

/** A row that an argument names, as `change` reads it. */
type Found<Name extends string, Row> = Readonly<Record<Name, Row>>;

const resolvers: Resolvers = {
  Query: {
    projects: (_query, _args, { db, rows }, info) =>
      db.project.findMany({ where: rows(info) ?? {}, orderBy: { id: 'asc' } }),
  },
  Mutation: {
    createProject: (_mutation, args, { change }) => {
      const name = parseText('name', args.name, { least: 1, most: 100 });
      return change(
        ({ id }: Project) => ({ action: 'project.created', subjectId: id }),
        (tx, { organizationId: organization }: Found<'organizationId', Organization>) =>
          tx.project.create({ data: { name, organizationId: organization.id } }),
      );
    },
    addTask: (_mutation, args, { change }) => {
      const text = parseText('text', args.text, { least: 1, most: 500 });
      return change(
        ({ id }: Task) => ({ action: 'task.added', subjectId: id }),
        (tx, { projectId: { id, organizationId } }: Found<'projectId', Project>) =>
          tx.task.create({ data: { text, projectId: id, organizationId } }),
      );
    },
    moveTasks: (_mutation, _args, { change }) =>
      change(
        { action: 'task.moved' },
        (tx, { ids, to }: Found<'ids', readonly Task[]> & Found<'to', Project>) =>
          tx.task.updateManyAndReturn({
            where: { id: { in: ids.map(({ id }) => id) } },
            data: { projectId: to.id, organizationId: to.organizationId },
          }),
      ),
  },
  Project: {
    tasks: ({ id }, _args, { db, list }, info) => list(info, db.task, { by: 'projectId', of: id }),
  },
};

export const projects = defineDomain<Context>({
  name: 'project',
  typeDefs: 'src/project/project.graphql',
  resolvers,
  types: {
    Project: {
      byIds: (ids, { db, where }) =>
        db.project.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }),
    },
    Task: {
      byIds: (ids, { db, where }) =>
        db.task.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }),
    },
  },
});
