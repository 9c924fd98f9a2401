import { computeV1 } from '@thecloud/api';
import { validate } from './validate';

const request = (
  change: Partial<computeV1.CreateInstanceRequest>,
  spec: Partial<computeV1.InstanceSpec> = {},
) =>
  validate(
    'thecloud.compute.v1.CreateInstanceRequest',
    computeV1.CreateInstanceRequest.fromPartial({
      name: 'web',
      spec: { type: 'nano-1', image: 'starter', ...spec },
      ...change,
    }),
  );

it('lets a good request pass', () => {
  expect(
    request({ labels: { tier: 'front' } }, { ports: [{ containerPort: 80, hostPort: 0, protocol: '' }] }),
  ).toEqual([]);
});

it.each<[string, Partial<computeV1.CreateInstanceRequest>, Partial<computeV1.InstanceSpec>]>([
  ['name', { name: '' }, {}],
  ['name', { name: 'Web!' }, {}],
  ['name', { name: 'x'.repeat(64) }, {}],
  ['spec', { spec: undefined }, {}],
  ['spec.type', {}, { type: '' }],
  ['spec.image', {}, { image: 'i'.repeat(65) }],
  ['spec.command', {}, { command: Array.from({ length: 65 }, () => 'x') }],
  ['spec.command[1]', {}, { command: ['ok', 'y'.repeat(4097)] }],
  ['spec.env["BAD KEY"]', {}, { env: { 'BAD KEY': '1' } }],
  ['spec.env["BIG"]', {}, { env: { BIG: 'v'.repeat(8193) } }],
  ['spec.env["NUL"]', {}, { env: { NUL: 'a\0b' } }],
  ['spec.ports[0].container_port', {}, { ports: [{ containerPort: 0, hostPort: 0, protocol: '' }] }],
  ['spec.ports[0].container_port', {}, { ports: [{ containerPort: 70_000, hostPort: 0, protocol: '' }] }],
  ['spec.ports[0].protocol', {}, { ports: [{ containerPort: 80, hostPort: 0, protocol: 'sctp' }] }],
  ['spec.restart_policy', {}, { restartPolicy: 'sometimes' }],
  ['labels', { labels: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`k${i}`, 'v'])) }, {}],
])('names %s when it is wrong', (field, change, spec) => {
  const [violation] = request(change, spec);
  expect(violation?.field).toBe(field);
  expect(violation?.description).toBeTruthy();
});

it('stops counting at twenty violations and their last field', () => {
  const ports = Array.from({ length: 32 }, () => ({ containerPort: 0, hostPort: 0, protocol: '' }));
  expect(request({}, { ports }).length).toBeLessThanOrEqual(32);
});

it('judges the one of a oneof that is set', () => {
  const exec = (input: computeV1.ExecInstanceRequest['input']) =>
    validate('thecloud.compute.v1.ExecInstanceRequest', { id: '', input }).map((v) => v.field);
  expect(exec({ $case: 'signal', value: 'TERM' })).toEqual([]);
  expect(exec({ $case: 'signal', value: 'STOP' })).toEqual(['signal']);
  expect(exec({ $case: 'resize', value: { rows: 24, columns: 0 } })).toEqual(['resize.columns']);
  expect(exec({ $case: 'stdin', value: Buffer.alloc(65_537) })).toEqual(['stdin']);
  expect(exec({ $case: 'start', value: computeV1.ExecStart.fromPartial({}) })).toEqual(['start.command']);
});
