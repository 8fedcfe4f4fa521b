import type { Project } from '../../src/schema/project.ts';
import { roomsProject } from './rooms-project.ts';
import { startTestServer, type TestServer, type TestServerOptions } from './test-server.ts';

type ProjectDomain = NonNullable<Project['config']['domains']>[number];

/** Starts a server of the demo with one domain more. */
export function startWithDomain(
  domain: ProjectDomain,
  options: Omit<TestServerOptions, 'project'> = {},
): Promise<TestServer> {
  const { config } = roomsProject;
  const domains = [...(config.domains ?? []), domain];
  return startTestServer({
    ...options,
    project: { ...roomsProject, config: { ...config, domains } },
  });
}
