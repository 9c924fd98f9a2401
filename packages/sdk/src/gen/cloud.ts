// Generated from proto/ by scripts/generate.sh. DO NOT EDIT.
import type { Transport } from '../transport';
import * as R from './resources';

/** Every resource of the API, as its protos describe it. */
export class GeneratedCloud {
  readonly apiKeys: R.ApiKeys;
  readonly events: R.Events;
  readonly hosts: R.Hosts;
  readonly images: R.Images;
  readonly instanceTypes: R.InstanceTypes;
  readonly instances: R.Instances;
  readonly members: R.Members;
  readonly operations: R.Operations;
  readonly projects: R.Projects;
  readonly sessions: R.Sessions;
  readonly sshKeys: R.SshKeys;
  readonly users: R.Users;

  constructor(protected readonly transport: Transport) {
    this.apiKeys = new R.ApiKeys(transport);
    this.events = new R.Events(transport);
    this.hosts = new R.Hosts(transport);
    this.images = new R.Images(transport);
    this.instanceTypes = new R.InstanceTypes(transport);
    this.instances = new R.Instances(transport);
    this.members = new R.Members(transport);
    this.operations = new R.Operations(transport);
    this.projects = new R.Projects(transport);
    this.sessions = new R.Sessions(transport);
    this.sshKeys = new R.SshKeys(transport);
    this.users = new R.Users(transport);
  }
}
