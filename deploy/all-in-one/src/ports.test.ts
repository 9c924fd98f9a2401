import { choosePorts, entryOf, portNames } from './ports';

test('every port has its own variable and its own default', () => {
  const rows = portNames.map((name) => entryOf(name));
  expect(new Set(rows.map(({ variable }) => variable)).size).toBe(rows.length);
  expect(new Set(rows.map(({ fallback }) => fallback)).size).toBe(rows.length);
});

test('the environment goes before what was chosen before, and that before the default', () => {
  const ports = choosePorts({ THECLOUD_PORT_GATEWAY: '9000' }, { gateway: 8081, nats: 9001 });
  expect(ports).toMatchObject({ gateway: 9000, nats: 9001, etcd: 7379 });
});

test.each(['0', '65536', '80.5', 'http'])('refuses port %s, naming the variable', (text) => {
  expect(() => choosePorts({ THECLOUD_PORT_NATS: text })).toThrow(/THECLOUD_PORT_NATS is .* 1 to 65535/);
});

test('refuses one port for two, naming both variables', () => {
  expect(() => choosePorts({ THECLOUD_PORT_NATS: '8080' })).toThrow(
    /THECLOUD_PORT_GATEWAY and THECLOUD_PORT_NATS/,
  );
});
