export { agentConfig } from './config';
export type { AgentConfig } from './config';
export { start } from './service';
export type { RunningAgent } from './service';
