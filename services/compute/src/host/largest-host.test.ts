import { LargestHost } from './largest-host';

it('remembers what is large enough, and reads anew before it says no', async () => {
  const sizes = [
    { cpuMillicores: 4_000, memoryMib: 4_096 },
    { cpuMillicores: 8_000, memoryMib: 8_192 },
  ];
  const read: number[] = [];
  const largest = new LargestHost(async () => sizes[read.push(0) - 1]);
  const small = { cpuMillicores: 1_000, memoryMib: 512 };
  expect(await largest.find(small)).toEqual(sizes[0]);
  expect(await largest.find(small)).toEqual(sizes[0]);
  expect(read).toHaveLength(1);
  expect(await largest.find({ cpuMillicores: 2_000, memoryMib: 8_000 })).toEqual(sizes[1]);
  expect(read).toHaveLength(2);
});

it('asks again as long as there is no host', async () => {
  let hosts = 0;
  const largest = new LargestHost(async () => (hosts++ ? { cpuMillicores: 1_000, memoryMib: 1 } : undefined));
  expect(await largest.find({ cpuMillicores: 1_000, memoryMib: 1 })).toBeUndefined();
  expect(await largest.find({ cpuMillicores: 1_000, memoryMib: 1 })).toEqual({
    cpuMillicores: 1_000,
    memoryMib: 1,
  });
});
