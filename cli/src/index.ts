export { configPath, removeContext, writeContext, type Context } from './config';
export { exitCodes } from './exit-codes';
export { type Io } from './io';
export { run } from './program';
