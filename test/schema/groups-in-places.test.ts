import { oidc } from '@graphql-gatehouse/providers';
import { describe, expect, it } from 'vitest';
import { requireMappedGroups } from '../../packages/providers/src/groups/mapped-groups.ts';
import { createSchemaReport } from '../../src/gatehouse/schema-report.ts';
import { createGroups } from '../../src/values/groups.ts';
import { organizationsProject } from '../support/organizations/world.ts';
import { roomsProject } from '../support/rooms-project.ts';

const { config } = organizationsProject;
const print = (changed: Partial<typeof config>) =>
  createSchemaReport({ ...organizationsProject, config: { ...config, ...changed } }).print();

describe('a group that is held in places', () => {
  it('is not given to new users: they are in none', () => {
    expect(() => print({ newUserGroups: ['ACCOUNTANT', 'MEMBER'] })).toThrow(
      'newUserGroups: MEMBER is held within one Organization: grant it there',
    );
  });

  it('is not given by a claim of an identity provider', () => {
    const groups = createGroups(['MEMBER'], new Map(), new Map([['MEMBER', 'Organization']]));
    const claims = { claim: 'groups', map: { staff: 'MEMBER' } };
    const options = { ACME: oidc({ issuer: 'https://id.acme.example', groups: claims }) };
    expect(() => requireMappedGroups(options, groups)).toThrow(
      'ACME maps "staff" to MEMBER, which is held in one Organization alone.',
    );
  });

  it('makes the fields that concern places a part of the schema, and of no other schema', () => {
    const sdl = print({});
    const others = createSchemaReport(roomsProject).print();
    const fields = [
      'leaveGroup(',
      'holders(',
      'places(',
      'inviteTo(',
      'joinByCode(',
      'Invitations(',
    ];
    for (const field of [...fields, 'cancelPlaceInvitation(', 'PLACE_GRANTER']) {
      expect(sdl).toContain(field);
      expect(others).not.toContain(field);
    }
    expect(sdl).toMatch(
      /grantGroup\([^)]*\): User! @auth\(requires: \[ADMIN\], or: \[PLACE_GRANTER\]\)/,
    );
    expect(others).toMatch(/grantGroup\([^)]*\): User! @auth\(requires: \[ADMIN\]\)/);
  });
});
