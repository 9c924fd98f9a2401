import { bufCurl, findGrpcurl, findPythonReflection, runTool } from '@thecloud/testkit';
import type { StockTool } from '@thecloud/testkit';
import {
  answerEmpty,
  gatewayBefore,
  goodKey as key,
  publicMethods as open,
} from '../fixtures/gateway-before';
import type { GatewayBefore } from '../fixtures/gateway-before';

jest.setTimeout(600_000);
const services = [...new Set(open.map((m) => m.service))].sort();
const ofGrpc = [
  'grpc.health.v1.Health',
  'grpc.reflection.v1.ServerReflection',
  'grpc.reflection.v1alpha.ServerReflection',
];
let gateway: GatewayBefore;
let address = '';

beforeAll(async () => {
  gateway = await gatewayBefore(answerEmpty);
  address = gateway.grpcAddress;
});
afterAll(() => gateway.close());

const call = (method: string, more: object = {}) =>
  bufCurl({ url: `http://${address}`, method, headers: { 'x-api-key': key }, ...more });

describe('buf curl, which knows nothing of us but what reflection says', () => {
  it.each(['v1', 'v1alpha'] as const)(
    'lists by %s every public service, and health, and no other',
    async (v) => {
      const { output } = await call('', { reflection: v, flags: ['--list-services'] });
      expect(output.trim().split('\n').sort()).toEqual([...ofGrpc, ...services]);
    },
  );

  it.each(open.map((m) => m.path.slice(1)))('calls %s', async (method) => {
    const { code, output } = await call(method);
    expect([code, output]).toEqual([0, expect.stringMatching(/^\{[^]*\}\s*$/)]);
  });

  it('calls by v1alpha, too', async () => {
    const { code, output } = await call(open[0]!.path.slice(1), { reflection: 'v1alpha' });
    expect([code, output.trim()]).toEqual([0, '{}']);
  });

  it('asks for the health of a service', async () => {
    const { output } = await call('grpc.health.v1.Health/Check', { body: { service: services[0] } });
    expect(JSON.parse(output)).toEqual({ status: 'SERVING' });
  });

  it('finds no internal service', async () => {
    const { code, output } = await call('thecloud.agent.v1.AgentService/ListInstances');
    expect(code).not.toBe(0);
    expect(output).toContain('thecloud.agent.v1.AgentService');
  });
});

/** A tool that not every machine has: its tests are skipped, and say why. */
function toolOf(found: StockTool, name: string) {
  const missing = 'missing' in found ? ` (${found.missing})` : '';
  const run = (...args: string[]) => runTool('program' in found ? found.program : '', args);
  return { suite: (missing ? describe.skip : describe) as typeof describe, title: `${name}${missing}`, run };
}

const python = toolOf(findPythonReflection(), "Python's reflection client");
python.suite(python.title, () => {
  const script = `
import sys, grpc
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase
database = ProtoReflectionDescriptorDatabase(grpc.insecure_channel(sys.argv[1]))
pool = DescriptorPool(database)
for name in database.get_services():
    for method in pool.FindServiceByName(name).methods:
        print(f'/{name}/{method.name} {method.input_type.full_name} {method.output_type.full_name}')
`;
  it('links every service, with the types of each method', async () => {
    const { code, output } = await python.run('-c', script, address);
    expect(code).toBe(0);
    const ours = output.split('\n').filter((line) => line.startsWith('/thecloud.'));
    expect(ours.sort()).toEqual(open.map((m) => `${m.path} ${m.input} ${m.output}`).sort());
    expect(output).toContain('/grpc.health.v1.Health/Check ');
  });
});

const curl = toolOf(findGrpcurl(), 'grpcurl');
curl.suite(curl.title, () => {
  const say = (...args: string[]) => curl.run('-plaintext', '-H', `x-api-key: ${key}`, ...args);

  it('lists the services', async () => {
    const { output } = await say(address, 'list');
    expect(output.trim().split('\n').sort()).toEqual([...ofGrpc, ...services].sort());
  });

  it.each(services)('describes %s with every method and its options', async (service) => {
    const { code, output } = await say(address, 'describe', service);
    expect(code).toBe(0);
    for (const m of open.filter((each) => each.service === service)) {
      expect(output).toContain(`rpc ${m.rpc} (`);
      if (m.http) expect(output).toContain(`"${m.http.path}"`);
    }
  });

  it.each(open.map((m) => m.path.slice(1)))('calls %s', async (method) => {
    const { code, output } = await say('-d', '{}', address, method);
    expect([code, output]).toEqual([0, expect.stringMatching(/^\{[^]*\}\s*$/)]);
  });
});
