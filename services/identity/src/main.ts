import { loadConfig, runAsProcess } from '@thecloud/service-kit';
import { identityConfig } from './config';
import { start } from './service';

runAsProcess('identity', () => start(loadConfig(identityConfig)));
