import { commentOf, registry } from '@thecloud/api';
import type { Route } from '../routes';
import { sharedComponents } from './components';
import type { Schema } from './field-schema';
import { operationOf, tagOf } from './operation';
import { Schemas } from './schemas';

/** The OpenAPI 3.1 document of exactly these routes, from the descriptors that serve them. */
export function openApiDocument(routes: readonly Route[]) {
  const schemas = new Schemas();
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

function tagsOf(routes: readonly Route[]): Schema[] {
  const services = new Map(routes.map((route) => [tagOf(route), route.method.service]));
  return [...services].map(([name, service]) => {
    const description = commentOf(registry().getService(service)!);
    return { name, ...(description ? { description } : {}) };
  });
}
