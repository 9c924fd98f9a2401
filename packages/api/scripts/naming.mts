// How rpcs are called in clients: "InstanceService.CreateInstance" on /v1/instances is `instances.create`.

const pascal = (segment: string) =>
  segment.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase());

const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** The first word of the route below /v1: "ssh-keys". */
const segmentOf = (path: string) => /^\/v1\/([a-z-]+)/.exec(path)?.[1] ?? fail(path);

function fail(path: string): never {
  throw new Error(`${path}: a public route is /v1/<plural>…`);
}

export const className = (path: string) => pascal(segmentOf(path));
export const propertyName = (path: string) => lowerFirst(className(path));

/** The noun in the plural and in the singulars it may have, likeliest first. */
function nounsOf(path: string): { plural: string; singulars: string[] } {
  const plural = className(path);
  const singulars = [
    plural.endsWith('s') ? plural.slice(0, -1) : '',
    plural.endsWith('es') ? plural.slice(0, -2) : '',
    plural.endsWith('ies') ? `${plural.slice(0, -3)}y` : '',
  ];
  return { plural, singulars: singulars.filter((noun) => noun !== '') };
}

/** Names of methods that other words say better, or that the SDK's own code wraps. */
const renamed: Record<string, string> = {
  WaitOperation: 'poll',
  ExecInstance: 'openExec',
  ReadInstanceLogs: 'logs',
  GetInstanceStats: 'stats',
};

/** "CreateInstance" without its noun: "create". */
export function methodName(rpc: string, path: string): string {
  if (renamed[rpc]) return renamed[rpc];
  const { plural, singulars } = nounsOf(path);
  const noun = rpc.includes(plural) ? plural : singulars.find((each) => rpc.includes(each));
  const verb = lowerFirst(noun ? rpc.replace(noun, '') : rpc);
  // "WatchInstances" beside "WatchInstance": one follows all of them, the other one of them.
  return noun === plural && verb === 'watch' && path.split('/').length === 3 && path.includes(':')
    ? 'watchAll'
    : verb;
}

interface Repeatable {
  readonly repeat: 'always' | 'keyed' | 'never';
  readonly requestStream: boolean;
}

/** No idempotency key makes two calls of it one: clients never repeat it by themselves. */
export const runsOnce = (method: Repeatable) => method.repeat === 'never' && !method.requestStream;
