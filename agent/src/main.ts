import { loadConfig, runAsProcess } from '@thecloud/service-kit';
import { agentConfig } from './config';
import { start } from './service';

runAsProcess(() => start(loadConfig(agentConfig)));
