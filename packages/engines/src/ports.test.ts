import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { freePort, isPortFree, portHolder } from './ports';

test('free ports are free and never repeated', async () => {
  const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
  expect(new Set(ports).size).toBe(50);
  for (const port of ports) expect(await isPortFree(port)).toBe(true);
});

test('names the process that holds a port', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  expect(await isPortFree(port)).toBe(false);
  expect(portHolder(port)).toContain(`pid ${process.pid} (`);
  server.close();
  await once(server, 'close');
  expect(portHolder(port)).toBe('a process that cannot be seen from here');
});
