import { machine, recordedGateway, type Reply } from '../../test/recorded-gateway';

const project = { metadata: { id: 'prj_shop', name: 'shop' } };
const image = (id: string, state: string, owner: string) => ({
  ...{ metadata: { id, name: 'web', project_id: owner }, status: { state } },
});

async function copying(args: string[], routes: Record<string, Reply>) {
  const gateway = await recordedGateway(routes);
  const home = await machine({ server: gateway.url, session_token: 'cloudsess_x', project_id: 'prj_1' });
  const result = await home.cloud(['image', 'copy', ...args]);
  await gateway.close();
  await home.remove();
  return { ...result, seen: gateway.seen };
}

const routes = {
  'GET /v1/projects': { body: { projects: [project] } },
  'GET /v1/images': {
    body: {
      images: [
        image('img_shared', 'ready', ''),
        image('img_failed', 'failed', 'prj_shop'),
        image('img_1', 'ready', 'prj_shop'),
      ],
    },
  },
  'POST /v1/images:copy': { status: 201, body: image('img_2', 'ready', 'prj_1') },
};

it("finds the ready image of that name in the other project, and copies it into one's own", async () => {
  const { code, out, seen } = await copying(['web', '--from', 'shop', '--label', 'app=a'], routes);
  expect({ code, out }).toEqual({ code: 0, out: expect.stringContaining('img_2') as string });
  const [list, made] = seen.slice(-2);
  expect(list?.headers).toMatchObject({ 'x-project-id': 'prj_shop' });
  expect(made).toMatchObject({ headers: { 'x-project-id': 'prj_1' } });
  expect(made?.body).toEqual({
    name: 'web',
    labels: { app: 'a' },
    image_id: 'img_1',
    project_id: 'prj_shop',
  });
});

it('says of an image whether it is a copy, was uploaded, or is of a registry', async () => {
  const copied = { ...image('img_2', 'ready', 'prj_1'), status: { state: 'ready', copied_from: 'img_1' } };
  const imported = { ...image('img_3', 'ready', 'prj_1'), spec: { source: 'docker.io/library/nginx:1' } };
  const listed = { body: { images: [copied, image('img_1', 'ready', 'prj_1'), imported] } };
  const gateway = await recordedGateway({
    'GET /v1/images': listed,
    'GET /v1/images/img_2': { body: copied },
  });
  const home = await machine({ server: gateway.url, session_token: 'cloudsess_x', project_id: 'prj_1' });
  const { out } = await home.cloud(['image', 'list']);
  const shown = (await home.cloud(['image', 'show', 'img_2'])).out;
  await gateway.close();
  await home.remove();
  const sources = out.split('\n').flatMap((line) => /copy|uploaded|docker.io\S+/.exec(line) ?? []);
  expect(sources).toEqual(['copy', 'uploaded', 'docker.io/library/nginx:1']);
  expect(shown).toMatch(/Copy of:\s+img_1/);
});

it('says that the other project has no such image', async () => {
  const none = { ...routes, 'GET /v1/images': { body: { images: [] } } };
  const { code, err } = await copying(['web', '--from', 'shop', '--name', 'other'], none);
  expect(code).toBe(4);
  expect(err).toContain('There is no image "web" in project shop.');
});
