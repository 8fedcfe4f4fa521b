import { expect, it } from 'vitest';
import { toAddressKey, toSiteKey } from '../../src/authentication/address-key.ts';

it.each([
  { ip: '203.0.113.7', key: '203.0.113.7' },
  { ip: '::ffff:203.0.113.7', key: '203.0.113.7' },
  { ip: '::FFFF:cb00:7107', key: '203.0.113.7' },
  { ip: '0:0:0:0:0:ffff:203.0.113.7', key: '203.0.113.7' },
  { ip: '2001:db8:1:2:3:4:5:6', key: '2001:db8:1:2::/64' },
  { ip: '2001:0DB8:0001:0002::1', key: '2001:db8:1:2::/64' },
  { ip: '2001:db8::1', key: '2001:db8:0:0::/64' },
  { ip: '2001:db8::5:6:7:8', key: '2001:db8:0:0::/64' },
  { ip: 'fe80::1%eth0', key: 'fe80:0:0:0::/64' },
  { ip: '::1', key: '0:0:0:0::/64' },
  { ip: '', key: '' },
])('counts "$ip" under "$key"', ({ ip, key }) => {
  expect(toAddressKey(ip)).toBe(key);
});

it.each([
  { ip: '203.0.113.7', key: '203.0.113.7' },
  { ip: '2001:db8:1:2:3:4:5:6', key: '2001:db8:1::/48' },
  { ip: '2001:db8:1:ffff::1', key: '2001:db8:1::/48' },
])('lets "$ip" share its turns under "$key"', ({ ip, key }) => {
  expect(toSiteKey(ip)).toBe(key);
});
