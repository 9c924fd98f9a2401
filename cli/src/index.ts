export { configPath, readConfig, removeContext, writeContext, type Config, type Context } from './config';
export { exitCodes } from './exit-codes';
export { type Io } from './io';
export { run } from './program';
