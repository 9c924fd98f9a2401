export { stockClient } from './stock-client';
export type { StockClient } from './stock-client';
export { type CallDetails, type IdentityCaller, identityCaller } from './caller';
export { type TestDatabase, testDatabase } from './database';
export { type TestEngines, testEngines, type TestPostgres, testPostgres } from './engines';
export { startTestIdentity, type TestIdentity } from './identity';
export { testPeer, testToken } from './peer';
export { testConfig } from './service-config';
export { type CountingProxy, countingProxy } from './round-trips';
