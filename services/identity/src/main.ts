import { loadConfig, runAsProcess } from '@thecloud/service-kit';
import { identityConfig } from './config';
import { start } from './service';

runAsProcess(() => start(loadConfig(identityConfig)));
