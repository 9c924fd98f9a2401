import { loadConfig, runAsProcess } from '@thecloud/service-kit';
import { agentConfig } from './config';
import { start } from './service';

runAsProcess('agent', () => start(loadConfig(agentConfig)));
