import { join } from 'node:path';
import { startTestGatehouse, type TestViewer } from 'graphql-gatehouse/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { blocksOf, readPage } from '../support/documents.ts';
import { useGuides } from '../support/guide.ts';

const guides = useGuides();
vi.setConfig({ testTimeout: 300_000 });
const page = 'docs/guides/organizations.md';

const run = async (viewer: TestViewer, query: string, variables = {}) => {
  const { data, code } = await viewer.run(query, variables);
  return code ?? data;
};

const idOf = async (owner: TestViewer, field: string): Promise<string> =>
  Object(await run(owner, `mutation { made: ${field} { id } }`)).made.id;

async function organizationOf(owner: TestViewer) {
  const id = await idOf(owner, 'createOrganization(name: "One")');
  const input = `organizationId: "${id}", title: "Plan", totalCents: 1200`;
  const contract = await idOf(owner, `draftContract(${input})`);
  const project = await idOf(owner, `createProject(organizationId: "${id}", name: "A")`);
  return { id, contract, project };
}

it('leads to organizations whose owners say who does what in them', async () => {
  const { folder } = await guides.follow(page, 'template');
  const { default: config } = await import(join(folder, 'gatehouse.config.ts'));
  const gate = await startTestGatehouse(config, { directory: folder });
  onTestFinished(() => gate.close());
  const [north, south, guest] = [await gate.viewer(), await gate.viewer(), await gate.viewer()];
  const [ofNorth, ofSouth] = [await organizationOf(north), await organizationOf(south)];

  const [create = '', invite = '', accept = ''] = blocksOf(readPage(page))
    .filter(({ mark }) => mark === 'listing')
    .map(({ text }) => text);
  expect(await run(guest, create)).toEqual({ createOrganization: { id: expect.any(String) } });
  const { inviteTo } = Object(await run(north, invite, { within: ofNorth.id }));
  expect(await run(guest, accept, { code: inviteTo.code })).toEqual({
    joinByCode: { type: 'Organization', id: ofNorth.id, groups: ['MEMBER'] },
  });

  const sign = (id: string) => `mutation { signContract(id: "${id}") { title } }`;
  expect(await run(south, sign(ofNorth.contract))).toBe('NOT_FOUND');
  expect(await run(guest, sign(ofNorth.contract))).toBe('FORBIDDEN');
  expect(await run(north, sign(ofNorth.contract))).toEqual({ signContract: { title: 'Plan' } });
  const move = (to: string) =>
    `mutation { moveContract(id: "${ofNorth.contract}", to: "${to}") { title } }`;
  expect(await run(north, move(ofSouth.id))).toBe('NOT_FOUND');

  const list = '{ contracts { edges { node { title money { totalCents } } } } }';
  for (const [viewer, money] of [
    [north, { totalCents: 1200 }],
    [guest, null],
  ] as const) {
    const edges = [{ node: { title: 'Plan', money } }];
    expect(await run(viewer, list)).toEqual({ contracts: { edges } });
  }

  const rename = `mutation { renameProject(id: "${ofNorth.project}", name: "B") { name } }`;
  expect(await run(guest, rename)).toBe('FORBIDDEN');
  const edits = `userId: "${guest.id}", group: EDITOR, within: "${ofNorth.project}"`;
  await run(north, `mutation { grantGroup(${edits}) { id } }`);
  expect(await run(guest, rename)).toEqual({ renameProject: { name: 'B' } });
  await run(guest, `mutation { leaveGroup(group: "MEMBER", within: "${ofNorth.id}") }`);
  expect(await run(guest, rename)).toBe('NOT_FOUND');

  await run(north, `mutation { deleteOrganization(id: "${ofNorth.id}") }`);
  expect(await run(north, list)).toEqual({ contracts: { edges: [] } });
  expect(await run(guest, '{ organizations { name } }')).toEqual({
    organizations: [{ name: 'North' }],
  });
});
