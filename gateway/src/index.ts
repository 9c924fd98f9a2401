export { gatewayConfig, httpConfig } from './config';
export type { GatewayConfig, HttpConfig } from './config';
export { errors as gatewayErrors } from './errors';
export { startHttpApi } from './http-api';
export type { HttpApi, HttpApiDeps } from './http-api';
export { openApiDocument } from './openapi/document';
export { compileRoutes } from './routes';
export { start } from './service';
export type { RunningGateway } from './service';
