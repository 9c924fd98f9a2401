import type { RequestContext } from '@thecloud/service-kit';
import { PersonStreams } from './person-streams';

const by = (userId: string, projectId: string) =>
  ({ principal: { userId, projectId, subject: `key_${projectId}` } }) as unknown as RequestContext;
const endless = async function* () {
  for (;;) yield await Promise.resolve('line');
};

it('bounds what one person has open over all projects and keys, and nobody else', async () => {
  const streams = new PersonStreams(2);
  const first = streams.stream(by('usr_1', 'prj_1'), endless);
  const second = streams.stream(by('usr_1', 'prj_2'), endless);
  await first.next();
  await second.next();
  const refused = { code: 'RESOURCE_EXHAUSTED', reason: 'TOO_MANY_STREAMS', retryAfterSeconds: 5 };
  await expect(streams.stream(by('usr_1', 'prj_3'), endless).next()).rejects.toMatchObject(refused);
  await expect(streams.call(by('usr_1', 'prj_3'), async () => 'ran')).rejects.toMatchObject(refused);
  expect(await streams.call(by('usr_2', 'prj_3'), async () => 'ran')).toBe('ran');
  await first.return(undefined);
  expect(await streams.call(by('usr_1', 'prj_3'), async () => 'ran')).toBe('ran');
  await second.return(undefined);
  expect(streams.size).toBe(0);
});

it('gives a place back when a call or a stream fails', async () => {
  const streams = new PersonStreams(1);
  const fails = () => Promise.reject(new Error('gone'));
  await expect(streams.call(by('usr_1', 'prj_1'), fails)).rejects.toThrow('gone');
  const broken = streams.stream(by('usr_1', 'prj_1'), async function* (): AsyncGenerator<string> {
    await fails();
    yield '';
  });
  await expect(broken.next()).rejects.toThrow('gone');
  expect(streams.size).toBe(0);
});
