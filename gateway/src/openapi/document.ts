import { commentOf, registry } from '@thecloud/api';
import type { MethodEntry } from '@thecloud/api';
import type { Route } from '../routes';
import { sharedComponents } from './components';
import type { Schema } from './field-schema';
import { operationOf, tagOf } from './operation';
import { Schemas } from './schemas';

/** The OpenAPI 3.1 document of exactly these routes, from the descriptors that serve them. */
export function openApiDocument(routes: readonly Route[]) {
  const schemas = new Schemas(routes.map((route) => route.output));
  const paths: Record<string, Record<string, Schema>> = {};
  for (const route of routes) {
    const path = (paths[route.template] ??= {});
    path[route.verb.toLowerCase()] = operationOf(route, schemas);
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'The Cloud',
      version: 'v1',
      description: 'Instances and what they need, by HTTP. Errors are application/problem+json.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ ApiKey: [] }, { Bearer: [] }],
    tags: tagsOf(routes),
    paths,
    components: { ...sharedComponents, schemas: { ...schemas.components, ...sharedComponents.schemas } },
  };
}

/** In what order callers meet them: what is in a project, what a user has, what needs no credential, the operator's. */
const scopes = ['project', 'user', 'public', 'platform'] as const;
const rankOf = ({ auth }: MethodEntry) => scopes.indexOf(auth.public ? 'public' : auth.scope);

/** One a noun. The rank of a noun is that of its first route in the order of `scopes`. */
function tagsOf(routes: readonly Route[]): Schema[] {
  const nouns = [...Map.groupBy(routes, tagOf)].map(([name, of]) => {
    const description = commentOf(registry().getService(of[0]!.method.service)!);
    const rank = Math.min(...of.map((route) => rankOf(route.method)));
    return { rank, tag: { name, ...(description ? { description } : {}) } };
  });
  return nouns.sort((a, b) => a.rank - b.rank || (a.tag.name < b.tag.name ? -1 : 1)).map(({ tag }) => tag);
}
