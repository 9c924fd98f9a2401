// The nouns of the command line: a file and a line here each. The file's exported function gets the
// program and what commands stand on, and adds its verbs with the helpers of ../noun.
export { addApi } from './api';
export { addApiKeys } from './key';
export { addCompletion } from './completion';
export { addContexts } from './context';
export { addDoctor } from './doctor';
export { addEvents } from './events';
export { addHosts } from './host';
export { addImages } from './image';
export { addInstances } from './instance';
export { addShell } from './instance-exec';
export { addInstanceTypes } from './type';
export { addOperations } from './operation';
export { addProjects } from './project';
export { addPassword } from './password';
export { addSession } from './session';
export { addSshKeys } from './ssh-key';
export { addUsers } from './user';
