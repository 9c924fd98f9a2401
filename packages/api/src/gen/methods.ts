// Generated from proto/ by scripts/generate.sh. DO NOT EDIT.
/* eslint-disable */
import type { FieldRule, MethodEntry } from '../method-entry';

export const methods: readonly MethodEntry[] = [
  {
    "path": "/thecloud.agent.v1.AgentService/Apply",
    "service": "thecloud.agent.v1.AgentService",
    "rpc": "Apply",
    "input": "thecloud.agent.v1.ApplyRequest",
    "output": "thecloud.agent.v1.Observed",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "*"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.agent.v1.AgentService/Observe",
    "service": "thecloud.agent.v1.AgentService",
    "rpc": "Observe",
    "input": "thecloud.agent.v1.ObserveRequest",
    "output": "thecloud.agent.v1.Observed",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "*"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.agent.v1.AgentService/List",
    "service": "thecloud.agent.v1.AgentService",
    "rpc": "List",
    "input": "thecloud.agent.v1.ListRequest",
    "output": "thecloud.agent.v1.ListResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "*"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.agent.v1.AgentService/ReadLogs",
    "service": "thecloud.agent.v1.AgentService",
    "rpc": "ReadLogs",
    "input": "thecloud.agent.v1.ReadLogsRequest",
    "output": "thecloud.agent.v1.ReadLogsResponse",
    "requestStream": false,
    "responseStream": true,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.agent.v1.AgentService/Exec",
    "service": "thecloud.agent.v1.AgentService",
    "rpc": "Exec",
    "input": "thecloud.agent.v1.ExecRequest",
    "output": "thecloud.agent.v1.ExecResponse",
    "requestStream": true,
    "responseStream": true,
    "httpStatus": 200,
    "repeat": "never",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.agent.v1.AgentService/WatchStats",
    "service": "thecloud.agent.v1.AgentService",
    "rpc": "WatchStats",
    "input": "thecloud.agent.v1.WatchStatsRequest",
    "output": "thecloud.agent.v1.WatchStatsResponse",
    "requestStream": false,
    "responseStream": true,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.agent.v1.AgentService/StatFile",
    "service": "thecloud.agent.v1.AgentService",
    "rpc": "StatFile",
    "input": "thecloud.agent.v1.StatFileRequest",
    "output": "thecloud.agent.v1.StatFileResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.agent.v1.AgentService/ReadFiles",
    "service": "thecloud.agent.v1.AgentService",
    "rpc": "ReadFiles",
    "input": "thecloud.agent.v1.ReadFilesRequest",
    "output": "thecloud.agent.v1.ReadFilesResponse",
    "requestStream": false,
    "responseStream": true,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.agent.v1.AgentService/WriteFiles",
    "service": "thecloud.agent.v1.AgentService",
    "rpc": "WriteFiles",
    "input": "thecloud.agent.v1.WriteFilesRequest",
    "output": "thecloud.agent.v1.WriteFilesResponse",
    "requestStream": true,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "never",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.agent.v1.ReportService/Report",
    "service": "thecloud.agent.v1.ReportService",
    "rpc": "Report",
    "input": "thecloud.agent.v1.ReportRequest",
    "output": "thecloud.agent.v1.ReportResponse",
    "requestStream": true,
    "responseStream": true,
    "httpStatus": 200,
    "repeat": "never",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "agent"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.common.v1.LaneService/Carry",
    "service": "thecloud.common.v1.LaneService",
    "rpc": "Carry",
    "input": "thecloud.common.v1.CarryRequest",
    "output": "thecloud.common.v1.CarryResponse",
    "requestStream": true,
    "responseStream": true,
    "httpStatus": 200,
    "repeat": "never",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "gateway",
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.common.v1.OperationService/GetOperation",
    "service": "thecloud.common.v1.OperationService",
    "rpc": "GetOperation",
    "input": "thecloud.common.v1.GetOperationRequest",
    "output": "thecloud.common.v1.Operation",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/operations/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "operation:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.common.v1.OperationService/ListOperations",
    "service": "thecloud.common.v1.OperationService",
    "rpc": "ListOperations",
    "input": "thecloud.common.v1.ListOperationsRequest",
    "output": "thecloud.common.v1.ListOperationsResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/operations",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "operation:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.common.v1.OperationService/WaitOperation",
    "service": "thecloud.common.v1.OperationService",
    "rpc": "WaitOperation",
    "input": "thecloud.common.v1.WaitOperationRequest",
    "output": "thecloud.common.v1.Operation",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/operations/{id}:wait",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "operation:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.common.v1.OperationService/WatchOperation",
    "service": "thecloud.common.v1.OperationService",
    "rpc": "WatchOperation",
    "input": "thecloud.common.v1.WatchOperationRequest",
    "output": "thecloud.common.v1.Operation",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/operations/{id}:watch",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "operation:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.common.v1.OperationService/WatchOperations",
    "service": "thecloud.common.v1.OperationService",
    "rpc": "WatchOperations",
    "input": "thecloud.common.v1.WatchOperationsRequest",
    "output": "thecloud.common.v1.Operation",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/operations:watch",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "operation:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.common.v1.ProjectContentService/ListOwned",
    "service": "thecloud.common.v1.ProjectContentService",
    "rpc": "ListOwned",
    "input": "thecloud.common.v1.ListOwnedRequest",
    "output": "thecloud.common.v1.ListOwnedResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "orchestration"
      ],
      "delegated": true
    }
  },
  {
    "path": "/thecloud.common.v1.ProjectContentService/PurgeProject",
    "service": "thecloud.common.v1.ProjectContentService",
    "rpc": "PurgeProject",
    "input": "thecloud.common.v1.PurgeProjectRequest",
    "output": "thecloud.common.v1.PurgeProjectResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "orchestration"
      ],
      "delegated": true
    }
  },
  {
    "path": "/thecloud.compute.v1.HostAgentService/ReportHost",
    "service": "thecloud.compute.v1.HostAgentService",
    "rpc": "ReportHost",
    "input": "thecloud.compute.v1.ReportHostRequest",
    "output": "thecloud.compute.v1.ReportHostResponse",
    "requestStream": true,
    "responseStream": true,
    "httpStatus": 200,
    "repeat": "never",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "agent"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.HostService/CreateHost",
    "service": "thecloud.compute.v1.HostService",
    "rpc": "CreateHost",
    "input": "thecloud.compute.v1.CreateHostRequest",
    "output": "thecloud.compute.v1.CreateHostResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/hosts",
      "body": "*"
    },
    "httpStatus": 201,
    "repeat": "never",
    "auth": {
      "permission": "host:create",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.HostService/ListHosts",
    "service": "thecloud.compute.v1.HostService",
    "rpc": "ListHosts",
    "input": "thecloud.compute.v1.ListHostsRequest",
    "output": "thecloud.compute.v1.ListHostsResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/hosts",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "host:list",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.HostService/GetHost",
    "service": "thecloud.compute.v1.HostService",
    "rpc": "GetHost",
    "input": "thecloud.compute.v1.GetHostRequest",
    "output": "thecloud.compute.v1.Host",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/hosts/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "host:read",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.HostService/ListHostInstances",
    "service": "thecloud.compute.v1.HostService",
    "rpc": "ListHostInstances",
    "input": "thecloud.compute.v1.ListHostInstancesRequest",
    "output": "thecloud.compute.v1.ListHostInstancesResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/hosts/{id}/instances",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "host:read",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.HostService/CordonHost",
    "service": "thecloud.compute.v1.HostService",
    "rpc": "CordonHost",
    "input": "thecloud.compute.v1.CordonHostRequest",
    "output": "thecloud.compute.v1.Host",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/hosts/{id}:cordon",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "host:update",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.HostService/UncordonHost",
    "service": "thecloud.compute.v1.HostService",
    "rpc": "UncordonHost",
    "input": "thecloud.compute.v1.UncordonHostRequest",
    "output": "thecloud.compute.v1.Host",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/hosts/{id}:uncordon",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "host:update",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.HostService/DeleteHost",
    "service": "thecloud.compute.v1.HostService",
    "rpc": "DeleteHost",
    "input": "thecloud.compute.v1.DeleteHostRequest",
    "output": "thecloud.compute.v1.Host",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "DELETE",
      "path": "/v1/hosts/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "host:delete",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.HostService/WatchHost",
    "service": "thecloud.compute.v1.HostService",
    "rpc": "WatchHost",
    "input": "thecloud.compute.v1.WatchHostRequest",
    "output": "thecloud.compute.v1.Host",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/hosts/{id}:watch",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "host:read",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.HostService/WatchHosts",
    "service": "thecloud.compute.v1.HostService",
    "rpc": "WatchHosts",
    "input": "thecloud.compute.v1.WatchHostsRequest",
    "output": "thecloud.compute.v1.Host",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/hosts:watch",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "host:list",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ImageService/CreateImage",
    "service": "thecloud.compute.v1.ImageService",
    "rpc": "CreateImage",
    "input": "thecloud.compute.v1.CreateImageRequest",
    "output": "thecloud.compute.v1.Image",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/images",
      "body": "*"
    },
    "httpStatus": 202,
    "repeat": "keyed",
    "auth": {
      "permission": "image:create",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ImageService/UploadImage",
    "service": "thecloud.compute.v1.ImageService",
    "rpc": "UploadImage",
    "input": "thecloud.compute.v1.UploadImageRequest",
    "output": "thecloud.compute.v1.Image",
    "requestStream": true,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/images:upload",
      "body": "chunk"
    },
    "httpStatus": 201,
    "repeat": "never",
    "auth": {
      "permission": "image:create",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ImageService/CopyImage",
    "service": "thecloud.compute.v1.ImageService",
    "rpc": "CopyImage",
    "input": "thecloud.compute.v1.CopyImageRequest",
    "output": "thecloud.compute.v1.Image",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/images:copy",
      "body": "*"
    },
    "httpStatus": 201,
    "repeat": "keyed",
    "auth": {
      "permission": "image:create",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ImageService/ListImages",
    "service": "thecloud.compute.v1.ImageService",
    "rpc": "ListImages",
    "input": "thecloud.compute.v1.ListImagesRequest",
    "output": "thecloud.compute.v1.ListImagesResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/images",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "image:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ImageService/GetImage",
    "service": "thecloud.compute.v1.ImageService",
    "rpc": "GetImage",
    "input": "thecloud.compute.v1.GetImageRequest",
    "output": "thecloud.compute.v1.Image",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/images/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "image:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ImageService/WatchImage",
    "service": "thecloud.compute.v1.ImageService",
    "rpc": "WatchImage",
    "input": "thecloud.compute.v1.WatchImageRequest",
    "output": "thecloud.compute.v1.Image",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/images/{id}:watch",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "image:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ImageService/WatchImages",
    "service": "thecloud.compute.v1.ImageService",
    "rpc": "WatchImages",
    "input": "thecloud.compute.v1.WatchImagesRequest",
    "output": "thecloud.compute.v1.Image",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/images:watch",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "image:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ImageService/DeleteImage",
    "service": "thecloud.compute.v1.ImageService",
    "rpc": "DeleteImage",
    "input": "thecloud.compute.v1.DeleteImageRequest",
    "output": "thecloud.compute.v1.Image",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "DELETE",
      "path": "/v1/images/{id}",
      "body": ""
    },
    "httpStatus": 202,
    "repeat": "keyed",
    "auth": {
      "permission": "image:delete",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ImageService/ShareImage",
    "service": "thecloud.compute.v1.ImageService",
    "rpc": "ShareImage",
    "input": "thecloud.compute.v1.ShareImageRequest",
    "output": "thecloud.compute.v1.Image",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/images/{id}:share",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "image:share",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ImageService/UnshareImage",
    "service": "thecloud.compute.v1.ImageService",
    "rpc": "UnshareImage",
    "input": "thecloud.compute.v1.UnshareImageRequest",
    "output": "thecloud.compute.v1.Image",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/images/{id}:unshare",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "image:share",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/CreateInstance",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "CreateInstance",
    "input": "thecloud.compute.v1.CreateInstanceRequest",
    "output": "thecloud.compute.v1.Instance",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/instances",
      "body": "*"
    },
    "httpStatus": 202,
    "repeat": "keyed",
    "auth": {
      "permission": "instance:create",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/GetInstance",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "GetInstance",
    "input": "thecloud.compute.v1.GetInstanceRequest",
    "output": "thecloud.compute.v1.Instance",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/instances/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "instance:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/ListInstances",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "ListInstances",
    "input": "thecloud.compute.v1.ListInstancesRequest",
    "output": "thecloud.compute.v1.ListInstancesResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/instances",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "instance:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/UpdateInstance",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "UpdateInstance",
    "input": "thecloud.compute.v1.UpdateInstanceRequest",
    "output": "thecloud.compute.v1.Instance",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "PATCH",
      "path": "/v1/instances/{id}",
      "body": "*"
    },
    "httpStatus": 202,
    "repeat": "keyed",
    "auth": {
      "permission": "instance:update",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/StartInstance",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "StartInstance",
    "input": "thecloud.compute.v1.StartInstanceRequest",
    "output": "thecloud.compute.v1.Instance",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/instances/{id}:start",
      "body": "*"
    },
    "httpStatus": 202,
    "repeat": "keyed",
    "auth": {
      "permission": "instance:start",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/StopInstance",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "StopInstance",
    "input": "thecloud.compute.v1.StopInstanceRequest",
    "output": "thecloud.compute.v1.Instance",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/instances/{id}:stop",
      "body": "*"
    },
    "httpStatus": 202,
    "repeat": "keyed",
    "auth": {
      "permission": "instance:stop",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/RestartInstance",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "RestartInstance",
    "input": "thecloud.compute.v1.RestartInstanceRequest",
    "output": "thecloud.compute.v1.Instance",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/instances/{id}:restart",
      "body": "*"
    },
    "httpStatus": 202,
    "repeat": "keyed",
    "auth": {
      "permission": "instance:restart",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/WatchInstance",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "WatchInstance",
    "input": "thecloud.compute.v1.WatchInstanceRequest",
    "output": "thecloud.compute.v1.Instance",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/instances/{id}:watch",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "instance:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/WatchInstances",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "WatchInstances",
    "input": "thecloud.compute.v1.WatchInstancesRequest",
    "output": "thecloud.compute.v1.Instance",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/instances:watch",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "instance:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/DeleteInstance",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "DeleteInstance",
    "input": "thecloud.compute.v1.DeleteInstanceRequest",
    "output": "thecloud.compute.v1.Instance",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "DELETE",
      "path": "/v1/instances/{id}",
      "body": ""
    },
    "httpStatus": 202,
    "repeat": "keyed",
    "auth": {
      "permission": "instance:delete",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/ReadInstanceLogs",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "ReadInstanceLogs",
    "input": "thecloud.compute.v1.ReadInstanceLogsRequest",
    "output": "thecloud.compute.v1.LogChunk",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/instances/{id}/logs",
      "body": ""
    },
    "httpStatus": 200,
    "plainBody": "data",
    "repeat": "always",
    "auth": {
      "permission": "instance:logs",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/ExecInstance",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "ExecInstance",
    "input": "thecloud.compute.v1.ExecInstanceRequest",
    "output": "thecloud.compute.v1.ExecInstanceResponse",
    "requestStream": true,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/instances/{id}/exec",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "never",
    "auth": {
      "permission": "instance:exec",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/RunInstanceCommand",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "RunInstanceCommand",
    "input": "thecloud.compute.v1.RunInstanceCommandRequest",
    "output": "thecloud.compute.v1.RunInstanceCommandResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/instances/{id}:exec",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "never",
    "auth": {
      "permission": "instance:exec",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/GetInstanceFile",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "GetInstanceFile",
    "input": "thecloud.compute.v1.GetInstanceFileRequest",
    "output": "thecloud.compute.v1.InstanceFile",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/instances/{id}/files",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "instance:exec",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/ReadInstanceFiles",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "ReadInstanceFiles",
    "input": "thecloud.compute.v1.ReadInstanceFilesRequest",
    "output": "thecloud.compute.v1.FileChunk",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/instances/{id}/files:download",
      "body": ""
    },
    "httpStatus": 200,
    "plainBody": "data",
    "repeat": "always",
    "auth": {
      "permission": "instance:exec",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/WriteInstanceFiles",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "WriteInstanceFiles",
    "input": "thecloud.compute.v1.WriteInstanceFilesRequest",
    "output": "thecloud.compute.v1.WriteInstanceFilesResponse",
    "requestStream": true,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/instances/{id}/files:upload",
      "body": "chunk"
    },
    "httpStatus": 200,
    "repeat": "never",
    "auth": {
      "permission": "instance:exec",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/GetInstanceStats",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "GetInstanceStats",
    "input": "thecloud.compute.v1.GetInstanceStatsRequest",
    "output": "thecloud.compute.v1.InstanceStats",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/instances/{id}/stats",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "instance:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceService/WatchInstanceStats",
    "service": "thecloud.compute.v1.InstanceService",
    "rpc": "WatchInstanceStats",
    "input": "thecloud.compute.v1.WatchInstanceStatsRequest",
    "output": "thecloud.compute.v1.InstanceStats",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/instances/{id}/stats:watch",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "instance:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceTypeService/ListInstanceTypes",
    "service": "thecloud.compute.v1.InstanceTypeService",
    "rpc": "ListInstanceTypes",
    "input": "thecloud.compute.v1.ListInstanceTypesRequest",
    "output": "thecloud.compute.v1.ListInstanceTypesResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/instance-types",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "instance-type:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.InstanceTypeService/GetInstanceType",
    "service": "thecloud.compute.v1.InstanceTypeService",
    "rpc": "GetInstanceType",
    "input": "thecloud.compute.v1.GetInstanceTypeRequest",
    "output": "thecloud.compute.v1.InstanceType",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/instance-types/{name}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "instance-type:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.OwnedInstanceService/ApplyOwnedInstance",
    "service": "thecloud.compute.v1.OwnedInstanceService",
    "rpc": "ApplyOwnedInstance",
    "input": "thecloud.compute.v1.ApplyOwnedInstanceRequest",
    "output": "thecloud.compute.v1.ApplyOwnedInstanceResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "database",
        "function",
        "orchestration"
      ],
      "delegated": true
    }
  },
  {
    "path": "/thecloud.compute.v1.OwnedInstanceService/DeleteOwnedInstance",
    "service": "thecloud.compute.v1.OwnedInstanceService",
    "rpc": "DeleteOwnedInstance",
    "input": "thecloud.compute.v1.DeleteOwnedInstanceRequest",
    "output": "thecloud.compute.v1.DeleteOwnedInstanceResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "database",
        "function",
        "orchestration"
      ],
      "delegated": true
    }
  },
  {
    "path": "/thecloud.compute.v1.OwnedInstanceService/ListOwnedInstances",
    "service": "thecloud.compute.v1.OwnedInstanceService",
    "rpc": "ListOwnedInstances",
    "input": "thecloud.compute.v1.ListOwnedInstancesRequest",
    "output": "thecloud.compute.v1.ListOwnedInstancesResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "database",
        "function",
        "orchestration"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.ProjectDeletionService/DeleteProject",
    "service": "thecloud.compute.v1.ProjectDeletionService",
    "rpc": "DeleteProject",
    "input": "thecloud.compute.v1.DeleteProjectRequest",
    "output": "thecloud.compute.v1.DeleteProjectResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "DELETE",
      "path": "/v1/projects/{id}",
      "body": ""
    },
    "httpStatus": 202,
    "repeat": "keyed",
    "auth": {
      "permission": "project:delete",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.SshKeyService/ImportSshKey",
    "service": "thecloud.compute.v1.SshKeyService",
    "rpc": "ImportSshKey",
    "input": "thecloud.compute.v1.ImportSshKeyRequest",
    "output": "thecloud.compute.v1.SshKey",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/ssh-keys",
      "body": "*"
    },
    "httpStatus": 201,
    "repeat": "keyed",
    "auth": {
      "permission": "ssh-key:create",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.SshKeyService/ListSshKeys",
    "service": "thecloud.compute.v1.SshKeyService",
    "rpc": "ListSshKeys",
    "input": "thecloud.compute.v1.ListSshKeysRequest",
    "output": "thecloud.compute.v1.ListSshKeysResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/ssh-keys",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "ssh-key:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.SshKeyService/GetSshKey",
    "service": "thecloud.compute.v1.SshKeyService",
    "rpc": "GetSshKey",
    "input": "thecloud.compute.v1.GetSshKeyRequest",
    "output": "thecloud.compute.v1.SshKey",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/ssh-keys/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "ssh-key:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.SshKeyService/RenameSshKey",
    "service": "thecloud.compute.v1.SshKeyService",
    "rpc": "RenameSshKey",
    "input": "thecloud.compute.v1.RenameSshKeyRequest",
    "output": "thecloud.compute.v1.SshKey",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "PATCH",
      "path": "/v1/ssh-keys/{id}",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "ssh-key:update",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.compute.v1.SshKeyService/DeleteSshKey",
    "service": "thecloud.compute.v1.SshKeyService",
    "rpc": "DeleteSshKey",
    "input": "thecloud.compute.v1.DeleteSshKeyRequest",
    "output": "thecloud.compute.v1.SshKey",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "DELETE",
      "path": "/v1/ssh-keys/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "ssh-key:delete",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ApiKeyService/CreateApiKey",
    "service": "thecloud.identity.v1.ApiKeyService",
    "rpc": "CreateApiKey",
    "input": "thecloud.identity.v1.CreateApiKeyRequest",
    "output": "thecloud.identity.v1.ApiKey",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/api-keys",
      "body": "*"
    },
    "httpStatus": 201,
    "repeat": "keyed",
    "auth": {
      "permission": "api-key:create",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ApiKeyService/ListApiKeys",
    "service": "thecloud.identity.v1.ApiKeyService",
    "rpc": "ListApiKeys",
    "input": "thecloud.identity.v1.ListApiKeysRequest",
    "output": "thecloud.identity.v1.ListApiKeysResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/api-keys",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "api-key:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ApiKeyService/GetApiKey",
    "service": "thecloud.identity.v1.ApiKeyService",
    "rpc": "GetApiKey",
    "input": "thecloud.identity.v1.GetApiKeyRequest",
    "output": "thecloud.identity.v1.ApiKey",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/api-keys/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "api-key:read",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ApiKeyService/DeleteApiKey",
    "service": "thecloud.identity.v1.ApiKeyService",
    "rpc": "DeleteApiKey",
    "input": "thecloud.identity.v1.DeleteApiKeyRequest",
    "output": "thecloud.identity.v1.ApiKey",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "DELETE",
      "path": "/v1/api-keys/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "api-key:delete",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.CertificateService/EnrollCertificate",
    "service": "thecloud.identity.v1.CertificateService",
    "rpc": "EnrollCertificate",
    "input": "thecloud.identity.v1.EnrollCertificateRequest",
    "output": "thecloud.identity.v1.IssuedCertificate",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "never",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": true,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.CertificateService/RenewCertificate",
    "service": "thecloud.identity.v1.CertificateService",
    "rpc": "RenewCertificate",
    "input": "thecloud.identity.v1.RenewCertificateRequest",
    "output": "thecloud.identity.v1.IssuedCertificate",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "*"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.CertificateService/CreateJoinToken",
    "service": "thecloud.identity.v1.CertificateService",
    "rpc": "CreateJoinToken",
    "input": "thecloud.identity.v1.CreateJoinTokenRequest",
    "output": "thecloud.identity.v1.CreateJoinTokenResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.CertificateService/RevokePeer",
    "service": "thecloud.identity.v1.CertificateService",
    "rpc": "RevokePeer",
    "input": "thecloud.identity.v1.RevokePeerRequest",
    "output": "thecloud.identity.v1.RevokePeerResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.EventService/WatchEvents",
    "service": "thecloud.identity.v1.EventService",
    "rpc": "WatchEvents",
    "input": "thecloud.identity.v1.WatchEventsRequest",
    "output": "thecloud.identity.v1.Event",
    "requestStream": false,
    "responseStream": true,
    "http": {
      "verb": "GET",
      "path": "/v1/events",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "event:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectAccessService/GetProjectAccess",
    "service": "thecloud.identity.v1.ProjectAccessService",
    "rpc": "GetProjectAccess",
    "input": "thecloud.identity.v1.GetProjectAccessRequest",
    "output": "thecloud.identity.v1.GetProjectAccessResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectRemovalService/RemoveProject",
    "service": "thecloud.identity.v1.ProjectRemovalService",
    "rpc": "RemoveProject",
    "input": "thecloud.identity.v1.RemoveProjectRequest",
    "output": "thecloud.identity.v1.RemoveProjectResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "compute"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectService/CreateProject",
    "service": "thecloud.identity.v1.ProjectService",
    "rpc": "CreateProject",
    "input": "thecloud.identity.v1.CreateProjectRequest",
    "output": "thecloud.identity.v1.Project",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/projects",
      "body": "*"
    },
    "httpStatus": 201,
    "repeat": "keyed",
    "auth": {
      "permission": "project:create",
      "scope": "user",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectService/ListProjects",
    "service": "thecloud.identity.v1.ProjectService",
    "rpc": "ListProjects",
    "input": "thecloud.identity.v1.ListProjectsRequest",
    "output": "thecloud.identity.v1.ListProjectsResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/projects",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "project:list",
      "scope": "user",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectService/GetProject",
    "service": "thecloud.identity.v1.ProjectService",
    "rpc": "GetProject",
    "input": "thecloud.identity.v1.GetProjectRequest",
    "output": "thecloud.identity.v1.Project",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/projects/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "project:list",
      "scope": "user",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectService/UpdateProject",
    "service": "thecloud.identity.v1.ProjectService",
    "rpc": "UpdateProject",
    "input": "thecloud.identity.v1.UpdateProjectRequest",
    "output": "thecloud.identity.v1.Project",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "PATCH",
      "path": "/v1/projects/{id}",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "project:update",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectService/ListMembers",
    "service": "thecloud.identity.v1.ProjectService",
    "rpc": "ListMembers",
    "input": "thecloud.identity.v1.ListMembersRequest",
    "output": "thecloud.identity.v1.ListMembersResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/members",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "member:list",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectService/AddMember",
    "service": "thecloud.identity.v1.ProjectService",
    "rpc": "AddMember",
    "input": "thecloud.identity.v1.AddMemberRequest",
    "output": "thecloud.identity.v1.Member",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/members",
      "body": "*"
    },
    "httpStatus": 201,
    "repeat": "keyed",
    "auth": {
      "permission": "member:create",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectService/UpdateMember",
    "service": "thecloud.identity.v1.ProjectService",
    "rpc": "UpdateMember",
    "input": "thecloud.identity.v1.UpdateMemberRequest",
    "output": "thecloud.identity.v1.Member",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "PATCH",
      "path": "/v1/members/{user_id}",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "member:update",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectService/RemoveMember",
    "service": "thecloud.identity.v1.ProjectService",
    "rpc": "RemoveMember",
    "input": "thecloud.identity.v1.RemoveMemberRequest",
    "output": "thecloud.identity.v1.RemoveMemberResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "DELETE",
      "path": "/v1/members/{user_id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "member:delete",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.ProjectService/LeaveProject",
    "service": "thecloud.identity.v1.ProjectService",
    "rpc": "LeaveProject",
    "input": "thecloud.identity.v1.LeaveProjectRequest",
    "output": "thecloud.identity.v1.LeaveProjectResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "DELETE",
      "path": "/v1/members/me",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "membership:delete",
      "scope": "project",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.SessionService/CreateSession",
    "service": "thecloud.identity.v1.SessionService",
    "rpc": "CreateSession",
    "input": "thecloud.identity.v1.CreateSessionRequest",
    "output": "thecloud.identity.v1.Session",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/sessions",
      "body": "*"
    },
    "httpStatus": 201,
    "repeat": "never",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": true,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.SessionService/DeleteCurrentSession",
    "service": "thecloud.identity.v1.SessionService",
    "rpc": "DeleteCurrentSession",
    "input": "thecloud.identity.v1.DeleteCurrentSessionRequest",
    "output": "thecloud.identity.v1.DeleteCurrentSessionResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "DELETE",
      "path": "/v1/sessions/current",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "session:delete",
      "scope": "user",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.TokenService/ExchangeCredential",
    "service": "thecloud.identity.v1.TokenService",
    "rpc": "ExchangeCredential",
    "input": "thecloud.identity.v1.ExchangeCredentialRequest",
    "output": "thecloud.identity.v1.ExchangeCredentialResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "gateway"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.TokenService/GetKeySet",
    "service": "thecloud.identity.v1.TokenService",
    "rpc": "GetKeySet",
    "input": "thecloud.identity.v1.GetKeySetRequest",
    "output": "thecloud.identity.v1.GetKeySetResponse",
    "requestStream": false,
    "responseStream": false,
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": false,
      "peers": [
        "*"
      ],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/RegisterUser",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "RegisterUser",
    "input": "thecloud.identity.v1.RegisterUserRequest",
    "output": "thecloud.identity.v1.User",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/users",
      "body": "*"
    },
    "httpStatus": 201,
    "repeat": "never",
    "auth": {
      "permission": "",
      "scope": "project",
      "public": true,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/GetCurrentUser",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "GetCurrentUser",
    "input": "thecloud.identity.v1.GetCurrentUserRequest",
    "output": "thecloud.identity.v1.User",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/users/me",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "user:read",
      "scope": "user",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/ChangePassword",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "ChangePassword",
    "input": "thecloud.identity.v1.ChangePasswordRequest",
    "output": "thecloud.identity.v1.ChangePasswordResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/users/me:changePassword",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "never",
    "auth": {
      "permission": "password:update",
      "scope": "user",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/CreateUser",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "CreateUser",
    "input": "thecloud.identity.v1.CreateUserRequest",
    "output": "thecloud.identity.v1.OneTimePassword",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/users:create",
      "body": "*"
    },
    "httpStatus": 201,
    "repeat": "keyed",
    "auth": {
      "permission": "user:create",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/ListUsers",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "ListUsers",
    "input": "thecloud.identity.v1.ListUsersRequest",
    "output": "thecloud.identity.v1.ListUsersResponse",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/users",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "user:list",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/GetUser",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "GetUser",
    "input": "thecloud.identity.v1.GetUserRequest",
    "output": "thecloud.identity.v1.User",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "GET",
      "path": "/v1/users/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "always",
    "auth": {
      "permission": "user:read",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/DisableUser",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "DisableUser",
    "input": "thecloud.identity.v1.DisableUserRequest",
    "output": "thecloud.identity.v1.User",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/users/{id}:disable",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "user:disable",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/EnableUser",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "EnableUser",
    "input": "thecloud.identity.v1.EnableUserRequest",
    "output": "thecloud.identity.v1.User",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/users/{id}:enable",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "user:enable",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/GrantAdministrator",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "GrantAdministrator",
    "input": "thecloud.identity.v1.GrantAdministratorRequest",
    "output": "thecloud.identity.v1.User",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/users/{id}:grantAdministrator",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "administrator:grant",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/RevokeAdministrator",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "RevokeAdministrator",
    "input": "thecloud.identity.v1.RevokeAdministratorRequest",
    "output": "thecloud.identity.v1.User",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/users/{id}:revokeAdministrator",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "administrator:revoke",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/DeleteUser",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "DeleteUser",
    "input": "thecloud.identity.v1.DeleteUserRequest",
    "output": "thecloud.identity.v1.User",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "DELETE",
      "path": "/v1/users/{id}",
      "body": ""
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "user:delete",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  },
  {
    "path": "/thecloud.identity.v1.UserService/ResetUserPassword",
    "service": "thecloud.identity.v1.UserService",
    "rpc": "ResetUserPassword",
    "input": "thecloud.identity.v1.ResetUserPasswordRequest",
    "output": "thecloud.identity.v1.OneTimePassword",
    "requestStream": false,
    "responseStream": false,
    "http": {
      "verb": "POST",
      "path": "/v1/users/{id}:resetPassword",
      "body": "*"
    },
    "httpStatus": 200,
    "repeat": "keyed",
    "auth": {
      "permission": "password:reset",
      "scope": "platform",
      "public": false,
      "peers": [],
      "delegated": false
    }
  }
];

export const fieldRules: Readonly<Record<string, Readonly<Record<string, FieldRule>>>> = {
  "thecloud.common.v1.Auth": {},
  "thecloud.common.v1.FieldRules": {},
  "thecloud.agent.v1.StatFileRequest": {
    "instanceId": {
      "name": "instance_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "path": {
      "name": "path",
      "kind": "scalar",
      "required": true,
      "maxLen": 4096
    }
  },
  "thecloud.agent.v1.StatFileResponse": {},
  "thecloud.agent.v1.ReadFilesRequest": {
    "instanceId": {
      "name": "instance_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "path": {
      "name": "path",
      "kind": "scalar",
      "required": true,
      "maxLen": 4096
    }
  },
  "thecloud.agent.v1.ReadFilesResponse": {},
  "thecloud.agent.v1.WriteFilesRequest": {
    "instanceId": {
      "name": "instance_id",
      "kind": "scalar",
      "maxLen": 64
    },
    "path": {
      "name": "path",
      "kind": "scalar",
      "maxLen": 4096
    },
    "chunk": {
      "name": "chunk",
      "kind": "scalar",
      "maxLen": 1048576
    }
  },
  "thecloud.agent.v1.WriteFilesResponse": {},
  "thecloud.agent.v1.ReadLogsRequest": {
    "instanceId": {
      "name": "instance_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.agent.v1.ReadLogsResponse": {},
  "thecloud.agent.v1.ExecRequest": {
    "start": {
      "name": "start",
      "kind": "message",
      "oneof": "input",
      "message": "thecloud.agent.v1.ExecStart"
    },
    "stdin": {
      "name": "stdin",
      "kind": "scalar",
      "oneof": "input",
      "maxLen": 65536
    },
    "resize": {
      "name": "resize",
      "kind": "message",
      "oneof": "input",
      "message": "thecloud.agent.v1.TerminalSize"
    },
    "signal": {
      "name": "signal",
      "kind": "scalar",
      "oneof": "input",
      "in": [
        "HUP",
        "INT",
        "QUIT",
        "KILL",
        "USR1",
        "USR2",
        "TERM"
      ]
    }
  },
  "thecloud.agent.v1.ExecStart": {
    "instanceId": {
      "name": "instance_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "command": {
      "name": "command",
      "kind": "list",
      "required": true
    },
    "size": {
      "name": "size",
      "kind": "message",
      "message": "thecloud.agent.v1.TerminalSize"
    }
  },
  "thecloud.agent.v1.TerminalSize": {},
  "thecloud.agent.v1.ExecResponse": {},
  "thecloud.agent.v1.WatchStatsRequest": {
    "instanceId": {
      "name": "instance_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "intervalMs": {
      "name": "interval_ms",
      "kind": "scalar",
      "min": 100,
      "max": 60000
    }
  },
  "thecloud.agent.v1.WatchStatsResponse": {
    "cpu": {
      "name": "cpu",
      "kind": "message",
      "message": "thecloud.agent.v1.CpuStats"
    },
    "memory": {
      "name": "memory",
      "kind": "message",
      "message": "thecloud.agent.v1.MemoryStats"
    },
    "network": {
      "name": "network",
      "kind": "message",
      "message": "thecloud.agent.v1.NetworkStats"
    },
    "pids": {
      "name": "pids",
      "kind": "message",
      "message": "thecloud.agent.v1.PidsStats"
    }
  },
  "thecloud.agent.v1.CpuStats": {},
  "thecloud.agent.v1.MemoryStats": {},
  "thecloud.agent.v1.NetworkStats": {},
  "thecloud.agent.v1.PidsStats": {},
  "thecloud.agent.v1.Observed": {},
  "thecloud.agent.v1.ObservedInstance": {},
  "thecloud.agent.v1.ApplyRequest": {
    "hostId": {
      "name": "host_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "kind": {
      "name": "kind",
      "kind": "scalar",
      "required": true,
      "maxLen": 32
    },
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "generation": {
      "name": "generation",
      "kind": "scalar",
      "min": 1
    },
    "controller": {
      "name": "controller",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "desired": {
      "name": "desired",
      "kind": "scalar",
      "required": true,
      "maxLen": 32
    },
    "driver": {
      "name": "driver",
      "kind": "scalar",
      "maxLen": 32
    }
  },
  "thecloud.agent.v1.ObserveRequest": {
    "kind": {
      "name": "kind",
      "kind": "scalar",
      "required": true,
      "maxLen": 32
    },
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.agent.v1.ListRequest": {
    "kind": {
      "name": "kind",
      "kind": "scalar",
      "required": true,
      "maxLen": 32
    },
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 1000
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 64
    }
  },
  "thecloud.agent.v1.ListResponse": {
    "observed": {
      "name": "observed",
      "kind": "list",
      "message": "thecloud.agent.v1.Observed"
    }
  },
  "thecloud.agent.v1.InstanceSpec": {
    "config": {
      "name": "config",
      "kind": "message",
      "message": "thecloud.agent.v1.InstanceConfig"
    }
  },
  "thecloud.agent.v1.InstanceConfig": {
    "ports": {
      "name": "ports",
      "kind": "list",
      "message": "thecloud.agent.v1.PortBinding"
    }
  },
  "thecloud.agent.v1.PortBinding": {},
  "thecloud.agent.v1.InstanceFacts": {},
  "thecloud.agent.v1.ReportRequest": {
    "opening": {
      "name": "opening",
      "kind": "message",
      "oneof": "said",
      "message": "thecloud.agent.v1.ReportOpening"
    },
    "page": {
      "name": "page",
      "kind": "message",
      "oneof": "said",
      "message": "thecloud.agent.v1.ReportPage"
    }
  },
  "thecloud.agent.v1.ReportOpening": {},
  "thecloud.agent.v1.ReportPage": {
    "observed": {
      "name": "observed",
      "kind": "list",
      "message": "thecloud.agent.v1.Observed",
      "maxItems": 1000
    }
  },
  "thecloud.agent.v1.ReportResponse": {},
  "thecloud.common.v1.CarryRequest": {
    "calls": {
      "name": "calls",
      "kind": "list",
      "message": "thecloud.common.v1.LaneCall"
    }
  },
  "thecloud.common.v1.LaneCall": {},
  "thecloud.common.v1.CarryResponse": {
    "answers": {
      "name": "answers",
      "kind": "list",
      "message": "thecloud.common.v1.LaneAnswer"
    }
  },
  "thecloud.common.v1.LaneAnswer": {},
  "thecloud.common.v1.Operation": {
    "steps": {
      "name": "steps",
      "kind": "list",
      "message": "thecloud.common.v1.OperationStep"
    },
    "error": {
      "name": "error",
      "kind": "message",
      "message": "thecloud.common.v1.OperationError"
    }
  },
  "thecloud.common.v1.OperationStep": {},
  "thecloud.common.v1.OperationError": {},
  "thecloud.common.v1.GetOperationRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.common.v1.ListOperationsRequest": {
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    },
    "resource": {
      "name": "resource",
      "kind": "scalar",
      "maxLen": 64
    },
    "state": {
      "name": "state",
      "kind": "scalar",
      "in": [
        "",
        "pending",
        "running",
        "succeeded",
        "failed",
        "superseded"
      ]
    },
    "kind": {
      "name": "kind",
      "kind": "scalar",
      "pattern": "^([a-z-]+\\.[a-z-]+)?$",
      "advice": "noun.verb, such as instance.create",
      "maxLen": 63
    }
  },
  "thecloud.common.v1.ListOperationsResponse": {
    "operations": {
      "name": "operations",
      "kind": "list",
      "message": "thecloud.common.v1.Operation"
    }
  },
  "thecloud.common.v1.WaitOperationRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "timeoutSeconds": {
      "name": "timeout_seconds",
      "kind": "scalar",
      "max": 60
    }
  },
  "thecloud.common.v1.WatchOperationRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.common.v1.WatchOperationsRequest": {
    "resource": {
      "name": "resource",
      "kind": "scalar",
      "maxLen": 64
    },
    "kind": {
      "name": "kind",
      "kind": "scalar",
      "pattern": "^([a-z-]+\\.[a-z-]+)?$",
      "advice": "noun.verb, such as instance.create",
      "maxLen": 63
    }
  },
  "thecloud.common.v1.ListOwnedRequest": {},
  "thecloud.common.v1.ListOwnedResponse": {
    "things": {
      "name": "things",
      "kind": "list",
      "message": "thecloud.common.v1.OwnedThing"
    }
  },
  "thecloud.common.v1.PurgeProjectRequest": {},
  "thecloud.common.v1.PurgeProjectResponse": {
    "things": {
      "name": "things",
      "kind": "list",
      "message": "thecloud.common.v1.OwnedThing"
    }
  },
  "thecloud.common.v1.OwnedThing": {},
  "thecloud.common.v1.ResourceMetadata": {
    "owner": {
      "name": "owner",
      "kind": "message",
      "message": "thecloud.common.v1.ResourceOwner"
    }
  },
  "thecloud.common.v1.ResourceOwner": {},
  "thecloud.common.v1.OwnedResource": {},
  "thecloud.compute.v1.Host": {
    "metadata": {
      "name": "metadata",
      "kind": "message",
      "message": "thecloud.common.v1.ResourceMetadata"
    },
    "spec": {
      "name": "spec",
      "kind": "message",
      "message": "thecloud.compute.v1.HostSpec"
    },
    "status": {
      "name": "status",
      "kind": "message",
      "message": "thecloud.compute.v1.HostStatus"
    }
  },
  "thecloud.compute.v1.HostSpec": {},
  "thecloud.compute.v1.HostStatus": {
    "inventory": {
      "name": "inventory",
      "kind": "message",
      "message": "thecloud.compute.v1.HostInventory"
    }
  },
  "thecloud.compute.v1.HostInventory": {},
  "thecloud.compute.v1.ReportHostRequest": {
    "hello": {
      "name": "hello",
      "kind": "message",
      "oneof": "report",
      "message": "thecloud.compute.v1.HostHello"
    },
    "beat": {
      "name": "beat",
      "kind": "message",
      "oneof": "report",
      "message": "thecloud.compute.v1.HostBeat"
    },
    "observations": {
      "name": "observations",
      "kind": "message",
      "oneof": "report",
      "message": "thecloud.compute.v1.HostObservations"
    }
  },
  "thecloud.compute.v1.HostObservations": {
    "instances": {
      "name": "instances",
      "kind": "list",
      "message": "thecloud.agent.v1.ObservedInstance"
    }
  },
  "thecloud.compute.v1.HostHello": {
    "inventory": {
      "name": "inventory",
      "kind": "message",
      "message": "thecloud.compute.v1.HostInventory"
    },
    "instances": {
      "name": "instances",
      "kind": "list",
      "message": "thecloud.agent.v1.ObservedInstance"
    },
    "unfencedDrivers": {
      "name": "unfenced_drivers",
      "kind": "list",
      "maxItems": 32
    }
  },
  "thecloud.compute.v1.HostBeat": {},
  "thecloud.compute.v1.ReportHostResponse": {
    "placed": {
      "name": "placed",
      "kind": "message",
      "message": "thecloud.compute.v1.HostPlaced"
    }
  },
  "thecloud.compute.v1.HostPlaced": {},
  "thecloud.compute.v1.Instance": {
    "metadata": {
      "name": "metadata",
      "kind": "message",
      "message": "thecloud.common.v1.ResourceMetadata"
    },
    "spec": {
      "name": "spec",
      "kind": "message",
      "message": "thecloud.compute.v1.InstanceSpec"
    },
    "status": {
      "name": "status",
      "kind": "message",
      "message": "thecloud.compute.v1.InstanceStatus"
    }
  },
  "thecloud.compute.v1.InstanceSpec": {
    "type": {
      "name": "type",
      "kind": "scalar",
      "required": true,
      "maxLen": 63
    },
    "image": {
      "name": "image",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "command": {
      "name": "command",
      "kind": "list",
      "maxLen": 4096,
      "maxItems": 64
    },
    "env": {
      "name": "env",
      "kind": "map",
      "maxItems": 128,
      "keyPattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$",
      "valueMaxLen": 8192
    },
    "ports": {
      "name": "ports",
      "kind": "list",
      "message": "thecloud.compute.v1.PublishedPort",
      "maxItems": 32
    },
    "restartPolicy": {
      "name": "restart_policy",
      "kind": "scalar",
      "in": [
        "",
        "always",
        "on-failure",
        "never"
      ]
    },
    "onHostLoss": {
      "name": "on_host_loss",
      "kind": "scalar",
      "in": [
        "",
        "restart",
        "keep"
      ]
    },
    "entrypoint": {
      "name": "entrypoint",
      "kind": "list",
      "maxLen": 4096,
      "maxItems": 64
    }
  },
  "thecloud.compute.v1.PublishedPort": {
    "containerPort": {
      "name": "container_port",
      "kind": "scalar",
      "required": true,
      "min": 1,
      "max": 65535
    },
    "hostPort": {
      "name": "host_port",
      "kind": "scalar",
      "max": 65535
    },
    "protocol": {
      "name": "protocol",
      "kind": "scalar",
      "in": [
        "",
        "tcp",
        "udp"
      ]
    }
  },
  "thecloud.compute.v1.InstanceStatus": {
    "ports": {
      "name": "ports",
      "kind": "list",
      "message": "thecloud.compute.v1.InstancePort"
    }
  },
  "thecloud.compute.v1.InstancePort": {},
  "thecloud.compute.v1.CreateHostRequest": {
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "pattern": "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    }
  },
  "thecloud.compute.v1.CreateHostResponse": {
    "host": {
      "name": "host",
      "kind": "message",
      "message": "thecloud.compute.v1.Host"
    }
  },
  "thecloud.compute.v1.ListHostsRequest": {
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    },
    "state": {
      "name": "state",
      "kind": "scalar",
      "in": [
        "",
        "joining",
        "ready",
        "suspect",
        "dead"
      ]
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 63
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "pattern": "^[a-z0-9_-]*$",
      "advice": "the beginning of a name: lower-case letters, digits, hyphens and underscores",
      "maxLen": 63
    },
    "label": {
      "name": "label",
      "kind": "list",
      "pattern": "^[^=]+=.*$",
      "advice": "key=value",
      "maxLen": 320,
      "maxItems": 8
    }
  },
  "thecloud.compute.v1.ListHostsResponse": {
    "hosts": {
      "name": "hosts",
      "kind": "list",
      "message": "thecloud.compute.v1.Host"
    }
  },
  "thecloud.compute.v1.GetHostRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.CordonHostRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.UncordonHostRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.DeleteHostRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.WatchHostRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.WatchHostsRequest": {
    "state": {
      "name": "state",
      "kind": "scalar",
      "in": [
        "",
        "joining",
        "ready",
        "suspect",
        "dead"
      ]
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 63
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "pattern": "^[a-z0-9_-]*$",
      "advice": "the beginning of a name: lower-case letters, digits, hyphens and underscores",
      "maxLen": 63
    },
    "label": {
      "name": "label",
      "kind": "list",
      "pattern": "^[^=]+=.*$",
      "advice": "key=value",
      "maxLen": 320,
      "maxItems": 8
    }
  },
  "thecloud.compute.v1.ListHostInstancesRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    },
    "state": {
      "name": "state",
      "kind": "scalar",
      "in": [
        "",
        "provisioning",
        "starting",
        "running",
        "stopping",
        "stopped",
        "failed",
        "deleting"
      ]
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 63
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "pattern": "^[a-z0-9-]*$",
      "advice": "the beginning of a name: lower-case letters, digits and hyphens",
      "maxLen": 63
    },
    "label": {
      "name": "label",
      "kind": "list",
      "pattern": "^[^=]+=.*$",
      "advice": "key=value",
      "maxLen": 320,
      "maxItems": 8
    },
    "projectId": {
      "name": "project_id",
      "kind": "scalar",
      "maxLen": 64
    },
    "type": {
      "name": "type",
      "kind": "scalar",
      "maxLen": 63
    }
  },
  "thecloud.compute.v1.ListHostInstancesResponse": {
    "instances": {
      "name": "instances",
      "kind": "list",
      "message": "thecloud.compute.v1.Instance"
    }
  },
  "thecloud.compute.v1.Image": {
    "metadata": {
      "name": "metadata",
      "kind": "message",
      "message": "thecloud.common.v1.ResourceMetadata"
    },
    "spec": {
      "name": "spec",
      "kind": "message",
      "message": "thecloud.compute.v1.ImageSpec"
    },
    "status": {
      "name": "status",
      "kind": "message",
      "message": "thecloud.compute.v1.ImageStatus"
    }
  },
  "thecloud.compute.v1.ImageSpec": {
    "source": {
      "name": "source",
      "kind": "scalar",
      "pattern": "^([a-zA-Z0-9][a-zA-Z0-9./:_-]*(@[a-z0-9]+:[a-f0-9]+)?)?$",
      "advice": "an image reference such as docker.io/library/nginx:1.27",
      "maxLen": 512
    }
  },
  "thecloud.compute.v1.ImageStatus": {},
  "thecloud.compute.v1.CreateImageRequest": {
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "pattern": "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    },
    "spec": {
      "name": "spec",
      "kind": "message",
      "message": "thecloud.compute.v1.ImageSpec",
      "required": true
    }
  },
  "thecloud.compute.v1.UploadImageRequest": {
    "name": {
      "name": "name",
      "kind": "scalar",
      "pattern": "^([a-z]([a-z0-9-]{0,61}[a-z0-9])?)?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    },
    "command": {
      "name": "command",
      "kind": "list",
      "maxLen": 4096,
      "maxItems": 64
    },
    "chunk": {
      "name": "chunk",
      "kind": "scalar",
      "maxLen": 1048576
    }
  },
  "thecloud.compute.v1.CopyImageRequest": {
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "pattern": "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    },
    "imageId": {
      "name": "image_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "projectId": {
      "name": "project_id",
      "kind": "scalar",
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.ListImagesRequest": {
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 63
    },
    "state": {
      "name": "state",
      "kind": "scalar",
      "in": [
        "",
        "importing",
        "ready",
        "failed",
        "deleting"
      ]
    },
    "label": {
      "name": "label",
      "kind": "list",
      "pattern": "^[^=]+=.*$",
      "advice": "key=value",
      "maxLen": 320,
      "maxItems": 8
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "pattern": "^[a-z0-9-]*$",
      "advice": "the beginning of a name: lower-case letters, digits and hyphens",
      "maxLen": 63
    }
  },
  "thecloud.compute.v1.ListImagesResponse": {
    "images": {
      "name": "images",
      "kind": "list",
      "message": "thecloud.compute.v1.Image"
    }
  },
  "thecloud.compute.v1.GetImageRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.DeleteImageRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.WatchImageRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.ShareImageRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.UnshareImageRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.WatchImagesRequest": {
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 63
    },
    "state": {
      "name": "state",
      "kind": "scalar",
      "in": [
        "",
        "importing",
        "ready",
        "failed",
        "deleting"
      ]
    },
    "label": {
      "name": "label",
      "kind": "list",
      "pattern": "^[^=]+=.*$",
      "advice": "key=value",
      "maxLen": 320,
      "maxItems": 8
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "pattern": "^[a-z0-9-]*$",
      "advice": "the beginning of a name: lower-case letters, digits and hyphens",
      "maxLen": 63
    }
  },
  "thecloud.compute.v1.ExecInstanceRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "maxLen": 64
    },
    "start": {
      "name": "start",
      "kind": "message",
      "oneof": "input",
      "message": "thecloud.compute.v1.ExecStart"
    },
    "stdin": {
      "name": "stdin",
      "kind": "scalar",
      "oneof": "input",
      "maxLen": 65536
    },
    "resize": {
      "name": "resize",
      "kind": "message",
      "oneof": "input",
      "message": "thecloud.compute.v1.TerminalSize"
    },
    "signal": {
      "name": "signal",
      "kind": "scalar",
      "oneof": "input",
      "in": [
        "HUP",
        "INT",
        "QUIT",
        "KILL",
        "USR1",
        "USR2",
        "TERM"
      ]
    }
  },
  "thecloud.compute.v1.ExecStart": {
    "command": {
      "name": "command",
      "kind": "list",
      "required": true,
      "maxLen": 4096,
      "maxItems": 64
    },
    "env": {
      "name": "env",
      "kind": "map",
      "maxItems": 128,
      "keyPattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$",
      "valueMaxLen": 8192
    },
    "size": {
      "name": "size",
      "kind": "message",
      "message": "thecloud.compute.v1.TerminalSize"
    },
    "workingDir": {
      "name": "working_dir",
      "kind": "scalar",
      "pattern": "^(/.*)?$",
      "advice": "an absolute path",
      "maxLen": 1024
    },
    "user": {
      "name": "user",
      "kind": "scalar",
      "pattern": "^([A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?)?$",
      "advice": "USER or USER:GROUP",
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.TerminalSize": {
    "rows": {
      "name": "rows",
      "kind": "scalar",
      "min": 1,
      "max": 1000
    },
    "columns": {
      "name": "columns",
      "kind": "scalar",
      "min": 1,
      "max": 1000
    }
  },
  "thecloud.compute.v1.ExecInstanceResponse": {},
  "thecloud.compute.v1.RunInstanceCommandRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "command": {
      "name": "command",
      "kind": "list",
      "required": true,
      "maxLen": 4096,
      "maxItems": 64
    },
    "env": {
      "name": "env",
      "kind": "map",
      "maxItems": 128,
      "keyPattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$",
      "valueMaxLen": 8192
    },
    "workingDir": {
      "name": "working_dir",
      "kind": "scalar",
      "pattern": "^(/.*)?$",
      "advice": "an absolute path",
      "maxLen": 1024
    },
    "user": {
      "name": "user",
      "kind": "scalar",
      "pattern": "^([A-Za-z0-9_][A-Za-z0-9_.-]*(:[A-Za-z0-9_][A-Za-z0-9_.-]*)?)?$",
      "advice": "USER or USER:GROUP",
      "maxLen": 64
    },
    "stdin": {
      "name": "stdin",
      "kind": "scalar",
      "maxLen": 65536
    },
    "timeoutSeconds": {
      "name": "timeout_seconds",
      "kind": "scalar",
      "max": 60
    }
  },
  "thecloud.compute.v1.RunInstanceCommandResponse": {},
  "thecloud.compute.v1.GetInstanceFileRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "path": {
      "name": "path",
      "kind": "scalar",
      "required": true,
      "pattern": "^/.*$",
      "advice": "an absolute path",
      "maxLen": 4096
    }
  },
  "thecloud.compute.v1.InstanceFile": {},
  "thecloud.compute.v1.ReadInstanceFilesRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "path": {
      "name": "path",
      "kind": "scalar",
      "required": true,
      "pattern": "^/.*$",
      "advice": "an absolute path",
      "maxLen": 4096
    }
  },
  "thecloud.compute.v1.FileChunk": {},
  "thecloud.compute.v1.WriteInstanceFilesRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "maxLen": 64
    },
    "path": {
      "name": "path",
      "kind": "scalar",
      "pattern": "^(/.*)?$",
      "advice": "an absolute path",
      "maxLen": 4096
    },
    "chunk": {
      "name": "chunk",
      "kind": "scalar",
      "maxLen": 1048576
    }
  },
  "thecloud.compute.v1.WriteInstanceFilesResponse": {},
  "thecloud.compute.v1.ReadInstanceLogsRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "tail": {
      "name": "tail",
      "kind": "scalar",
      "max": 100000
    }
  },
  "thecloud.compute.v1.LogChunk": {},
  "thecloud.compute.v1.GetInstanceStatsRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.WatchInstanceStatsRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "intervalSeconds": {
      "name": "interval_seconds",
      "kind": "scalar",
      "max": 60
    }
  },
  "thecloud.compute.v1.InstanceStats": {
    "cpu": {
      "name": "cpu",
      "kind": "message",
      "message": "thecloud.compute.v1.CpuStats"
    },
    "memory": {
      "name": "memory",
      "kind": "message",
      "message": "thecloud.compute.v1.MemoryStats"
    },
    "network": {
      "name": "network",
      "kind": "message",
      "message": "thecloud.compute.v1.NetworkStats"
    },
    "pids": {
      "name": "pids",
      "kind": "message",
      "message": "thecloud.compute.v1.PidsStats"
    }
  },
  "thecloud.compute.v1.CpuStats": {},
  "thecloud.compute.v1.MemoryStats": {},
  "thecloud.compute.v1.NetworkStats": {},
  "thecloud.compute.v1.PidsStats": {},
  "thecloud.compute.v1.CreateInstanceRequest": {
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "pattern": "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    },
    "spec": {
      "name": "spec",
      "kind": "message",
      "message": "thecloud.compute.v1.InstanceSpec",
      "required": true
    }
  },
  "thecloud.compute.v1.GetInstanceRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.ListInstancesRequest": {
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    },
    "state": {
      "name": "state",
      "kind": "scalar",
      "in": [
        "",
        "provisioning",
        "starting",
        "running",
        "stopping",
        "stopped",
        "failed",
        "deleting"
      ]
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 63
    },
    "label": {
      "name": "label",
      "kind": "list",
      "pattern": "^[^=]+=.*$",
      "advice": "key=value",
      "maxLen": 320,
      "maxItems": 8
    },
    "hostId": {
      "name": "host_id",
      "kind": "scalar",
      "maxLen": 64
    },
    "type": {
      "name": "type",
      "kind": "scalar",
      "maxLen": 63
    },
    "image": {
      "name": "image",
      "kind": "scalar",
      "maxLen": 64
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "pattern": "^[a-z0-9-]*$",
      "advice": "the beginning of a name: lower-case letters, digits and hyphens",
      "maxLen": 63
    }
  },
  "thecloud.compute.v1.ListInstancesResponse": {
    "instances": {
      "name": "instances",
      "kind": "list",
      "message": "thecloud.compute.v1.Instance"
    }
  },
  "thecloud.compute.v1.UpdateInstanceRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "pattern": "^([a-z]([a-z0-9-]{0,61}[a-z0-9])?)?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    },
    "spec": {
      "name": "spec",
      "kind": "message",
      "message": "thecloud.compute.v1.InstanceChanges"
    },
    "updateMask": {
      "name": "update_mask",
      "kind": "list",
      "maxItems": 16,
      "in": [
        "name",
        "labels",
        "spec.type",
        "spec.image",
        "spec.entrypoint",
        "spec.command",
        "spec.env",
        "spec.ports",
        "spec.restart_policy",
        "spec.on_host_loss"
      ]
    }
  },
  "thecloud.compute.v1.InstanceChanges": {
    "command": {
      "name": "command",
      "kind": "list",
      "maxLen": 4096,
      "maxItems": 64
    },
    "env": {
      "name": "env",
      "kind": "map",
      "maxItems": 128,
      "keyPattern": "^[A-Za-z_][A-Za-z0-9_]{0,127}$",
      "valueMaxLen": 8192
    },
    "ports": {
      "name": "ports",
      "kind": "list",
      "message": "thecloud.compute.v1.PublishedPort",
      "maxItems": 32
    },
    "restartPolicy": {
      "name": "restart_policy",
      "kind": "scalar",
      "in": [
        "",
        "always",
        "on-failure",
        "never"
      ]
    },
    "onHostLoss": {
      "name": "on_host_loss",
      "kind": "scalar",
      "in": [
        "",
        "restart",
        "keep"
      ]
    },
    "entrypoint": {
      "name": "entrypoint",
      "kind": "list",
      "maxLen": 4096,
      "maxItems": 64
    },
    "type": {
      "name": "type",
      "kind": "scalar",
      "maxLen": 63
    },
    "image": {
      "name": "image",
      "kind": "scalar",
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.StartInstanceRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.StopInstanceRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "graceSeconds": {
      "name": "grace_seconds",
      "kind": "scalar",
      "max": 300
    }
  },
  "thecloud.compute.v1.RestartInstanceRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.DeleteInstanceRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.WatchInstanceRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.WatchInstancesRequest": {
    "state": {
      "name": "state",
      "kind": "scalar",
      "in": [
        "",
        "provisioning",
        "starting",
        "running",
        "stopping",
        "stopped",
        "failed",
        "deleting"
      ]
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 63
    },
    "label": {
      "name": "label",
      "kind": "list",
      "pattern": "^[^=]+=.*$",
      "advice": "key=value",
      "maxLen": 320,
      "maxItems": 8
    },
    "hostId": {
      "name": "host_id",
      "kind": "scalar",
      "maxLen": 64
    },
    "type": {
      "name": "type",
      "kind": "scalar",
      "maxLen": 63
    },
    "image": {
      "name": "image",
      "kind": "scalar",
      "maxLen": 64
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "pattern": "^[a-z0-9-]*$",
      "advice": "the beginning of a name: lower-case letters, digits and hyphens",
      "maxLen": 63
    }
  },
  "thecloud.compute.v1.InstanceType": {},
  "thecloud.compute.v1.ListInstanceTypesRequest": {},
  "thecloud.compute.v1.ListInstanceTypesResponse": {
    "instanceTypes": {
      "name": "instance_types",
      "kind": "list",
      "message": "thecloud.compute.v1.InstanceType"
    }
  },
  "thecloud.compute.v1.GetInstanceTypeRequest": {
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.ApplyOwnedInstanceRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "ownerId": {
      "name": "owner_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "ownerGeneration": {
      "name": "owner_generation",
      "kind": "scalar",
      "required": true
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "pattern": "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    },
    "spec": {
      "name": "spec",
      "kind": "message",
      "message": "thecloud.compute.v1.InstanceSpec",
      "required": true
    },
    "desired": {
      "name": "desired",
      "kind": "scalar",
      "in": [
        "",
        "running",
        "stopped"
      ]
    }
  },
  "thecloud.compute.v1.ApplyOwnedInstanceResponse": {
    "instance": {
      "name": "instance",
      "kind": "message",
      "message": "thecloud.compute.v1.Instance"
    },
    "operation": {
      "name": "operation",
      "kind": "message",
      "message": "thecloud.common.v1.Operation"
    }
  },
  "thecloud.compute.v1.DeleteOwnedInstanceRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "ownerId": {
      "name": "owner_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.DeleteOwnedInstanceResponse": {
    "operation": {
      "name": "operation",
      "kind": "message",
      "message": "thecloud.common.v1.Operation"
    }
  },
  "thecloud.compute.v1.ListOwnedInstancesRequest": {
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    }
  },
  "thecloud.compute.v1.ListOwnedInstancesResponse": {
    "instances": {
      "name": "instances",
      "kind": "list",
      "message": "thecloud.common.v1.OwnedResource"
    }
  },
  "thecloud.compute.v1.DeleteProjectRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.DeleteProjectResponse": {},
  "thecloud.compute.v1.SshKey": {
    "metadata": {
      "name": "metadata",
      "kind": "message",
      "message": "thecloud.common.v1.ResourceMetadata"
    }
  },
  "thecloud.compute.v1.ImportSshKeyRequest": {
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "pattern": "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    },
    "publicKey": {
      "name": "public_key",
      "kind": "scalar",
      "required": true,
      "maxLen": 16384
    }
  },
  "thecloud.compute.v1.ListSshKeysRequest": {
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 63
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "pattern": "^[a-z0-9-]*$",
      "advice": "the beginning of a name: lower-case letters, digits and hyphens",
      "maxLen": 63
    },
    "label": {
      "name": "label",
      "kind": "list",
      "pattern": "^[^=]+=.*$",
      "advice": "key=value",
      "maxLen": 320,
      "maxItems": 8
    }
  },
  "thecloud.compute.v1.ListSshKeysResponse": {
    "sshKeys": {
      "name": "ssh_keys",
      "kind": "list",
      "message": "thecloud.compute.v1.SshKey"
    }
  },
  "thecloud.compute.v1.GetSshKeyRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.compute.v1.RenameSshKeyRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "pattern": "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    }
  },
  "thecloud.compute.v1.DeleteSshKeyRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.ApiKey": {
    "metadata": {
      "name": "metadata",
      "kind": "message",
      "message": "thecloud.common.v1.ResourceMetadata"
    }
  },
  "thecloud.identity.v1.CreateApiKeyRequest": {
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "pattern": "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    },
    "role": {
      "name": "role",
      "kind": "scalar",
      "in": [
        "",
        "owner",
        "admin",
        "developer",
        "viewer"
      ]
    }
  },
  "thecloud.identity.v1.ListApiKeysRequest": {
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 63
    },
    "label": {
      "name": "label",
      "kind": "list",
      "pattern": "^[^=]+=.*$",
      "advice": "key=value",
      "maxLen": 320,
      "maxItems": 8
    },
    "role": {
      "name": "role",
      "kind": "scalar",
      "in": [
        "",
        "owner",
        "admin",
        "developer",
        "viewer"
      ]
    },
    "state": {
      "name": "state",
      "kind": "scalar",
      "in": [
        "",
        "active",
        "expired"
      ]
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "pattern": "^[a-z0-9-]*$",
      "advice": "the beginning of a name: lower-case letters, digits and hyphens",
      "maxLen": 63
    }
  },
  "thecloud.identity.v1.ListApiKeysResponse": {
    "apiKeys": {
      "name": "api_keys",
      "kind": "list",
      "message": "thecloud.identity.v1.ApiKey"
    }
  },
  "thecloud.identity.v1.GetApiKeyRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.DeleteApiKeyRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.EnrollCertificateRequest": {
    "joinToken": {
      "name": "join_token",
      "kind": "scalar",
      "required": true,
      "maxLen": 4096
    },
    "csr": {
      "name": "csr",
      "kind": "scalar",
      "required": true,
      "maxLen": 8192
    }
  },
  "thecloud.identity.v1.RenewCertificateRequest": {
    "csr": {
      "name": "csr",
      "kind": "scalar",
      "required": true,
      "maxLen": 8192
    }
  },
  "thecloud.identity.v1.IssuedCertificate": {},
  "thecloud.identity.v1.CreateJoinTokenRequest": {
    "kind": {
      "name": "kind",
      "kind": "scalar",
      "required": true,
      "in": [
        "agent"
      ]
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.RevokePeerRequest": {
    "kind": {
      "name": "kind",
      "kind": "scalar",
      "required": true,
      "in": [
        "agent"
      ]
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.RevokePeerResponse": {},
  "thecloud.identity.v1.CreateJoinTokenResponse": {},
  "thecloud.identity.v1.Event": {},
  "thecloud.identity.v1.WatchEventsRequest": {
    "after": {
      "name": "after",
      "kind": "scalar",
      "pattern": "^(evt_[0-7][0-9a-hjkmnp-tv-z]{25})?$",
      "advice": "the id of an event, or nothing"
    },
    "type": {
      "name": "type",
      "kind": "list",
      "maxLen": 128,
      "maxItems": 16
    },
    "subject": {
      "name": "subject",
      "kind": "scalar",
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.Project": {
    "metadata": {
      "name": "metadata",
      "kind": "message",
      "message": "thecloud.common.v1.ResourceMetadata"
    }
  },
  "thecloud.identity.v1.Member": {},
  "thecloud.identity.v1.GetProjectAccessRequest": {
    "userId": {
      "name": "user_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "projectId": {
      "name": "project_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.GetProjectAccessResponse": {},
  "thecloud.identity.v1.RemoveProjectRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "requestedBy": {
      "name": "requested_by",
      "kind": "scalar",
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.RemoveProjectResponse": {},
  "thecloud.identity.v1.CreateProjectRequest": {
    "name": {
      "name": "name",
      "kind": "scalar",
      "required": true,
      "pattern": "^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    }
  },
  "thecloud.identity.v1.UpdateProjectRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "pattern": "^([a-z]([a-z0-9-]{0,61}[a-z0-9])?)?$",
      "advice": "1 to 63 lower-case letters, digits and hyphens, starting with a letter"
    },
    "labels": {
      "name": "labels",
      "kind": "map",
      "maxItems": 32,
      "keyPattern": "^[a-zA-Z0-9][a-zA-Z0-9._/-]{0,62}$",
      "valueMaxLen": 255
    },
    "updateMask": {
      "name": "update_mask",
      "kind": "list",
      "maxItems": 2,
      "in": [
        "name",
        "labels"
      ]
    }
  },
  "thecloud.identity.v1.ListProjectsRequest": {
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 63
    },
    "label": {
      "name": "label",
      "kind": "list",
      "pattern": "^[^=]+=.*$",
      "advice": "key=value",
      "maxLen": 320,
      "maxItems": 8
    },
    "role": {
      "name": "role",
      "kind": "scalar",
      "in": [
        "",
        "owner",
        "admin",
        "developer",
        "viewer"
      ]
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "pattern": "^[a-z0-9-]*$",
      "advice": "the beginning of a name: lower-case letters, digits and hyphens",
      "maxLen": 63
    }
  },
  "thecloud.identity.v1.ListProjectsResponse": {
    "projects": {
      "name": "projects",
      "kind": "list",
      "message": "thecloud.identity.v1.Project"
    }
  },
  "thecloud.identity.v1.GetProjectRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.ListMembersRequest": {
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    },
    "email": {
      "name": "email",
      "kind": "scalar",
      "maxLen": 254
    },
    "role": {
      "name": "role",
      "kind": "scalar",
      "in": [
        "",
        "owner",
        "admin",
        "developer",
        "viewer"
      ]
    }
  },
  "thecloud.identity.v1.ListMembersResponse": {
    "members": {
      "name": "members",
      "kind": "list",
      "message": "thecloud.identity.v1.Member"
    }
  },
  "thecloud.identity.v1.AddMemberRequest": {
    "email": {
      "name": "email",
      "kind": "scalar",
      "required": true,
      "maxLen": 254
    },
    "role": {
      "name": "role",
      "kind": "scalar",
      "required": true,
      "in": [
        "owner",
        "admin",
        "developer",
        "viewer"
      ]
    }
  },
  "thecloud.identity.v1.UpdateMemberRequest": {
    "userId": {
      "name": "user_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "role": {
      "name": "role",
      "kind": "scalar",
      "required": true,
      "in": [
        "owner",
        "admin",
        "developer",
        "viewer"
      ]
    }
  },
  "thecloud.identity.v1.RemoveMemberRequest": {
    "userId": {
      "name": "user_id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.RemoveMemberResponse": {},
  "thecloud.identity.v1.LeaveProjectRequest": {},
  "thecloud.identity.v1.LeaveProjectResponse": {},
  "thecloud.identity.v1.User": {},
  "thecloud.identity.v1.CreateSessionRequest": {
    "email": {
      "name": "email",
      "kind": "scalar",
      "required": true,
      "maxLen": 254
    },
    "password": {
      "name": "password",
      "kind": "scalar",
      "required": true,
      "maxLen": 256
    },
    "newPassword": {
      "name": "new_password",
      "kind": "scalar",
      "pattern": "^(.{12,256})?$",
      "advice": "12 to 256 characters, or nothing"
    }
  },
  "thecloud.identity.v1.Session": {
    "user": {
      "name": "user",
      "kind": "message",
      "message": "thecloud.identity.v1.User"
    }
  },
  "thecloud.identity.v1.DeleteCurrentSessionRequest": {},
  "thecloud.identity.v1.DeleteCurrentSessionResponse": {},
  "thecloud.identity.v1.ExchangeCredentialRequest": {
    "credential": {
      "name": "credential",
      "kind": "scalar",
      "required": true,
      "maxLen": 256
    },
    "projectId": {
      "name": "project_id",
      "kind": "scalar",
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.ExchangeCredentialResponse": {},
  "thecloud.identity.v1.GetKeySetRequest": {},
  "thecloud.identity.v1.GetKeySetResponse": {},
  "thecloud.identity.v1.RegisterUserRequest": {
    "email": {
      "name": "email",
      "kind": "scalar",
      "required": true,
      "pattern": "^[^@\\s]+@[^@\\s]+$",
      "advice": "an e-mail address",
      "maxLen": 254
    },
    "password": {
      "name": "password",
      "kind": "scalar",
      "required": true,
      "minLen": 12,
      "maxLen": 256
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 100
    }
  },
  "thecloud.identity.v1.GetCurrentUserRequest": {},
  "thecloud.identity.v1.ChangePasswordRequest": {
    "oldPassword": {
      "name": "old_password",
      "kind": "scalar",
      "required": true,
      "maxLen": 256
    },
    "newPassword": {
      "name": "new_password",
      "kind": "scalar",
      "required": true,
      "minLen": 12,
      "maxLen": 256
    }
  },
  "thecloud.identity.v1.ChangePasswordResponse": {},
  "thecloud.identity.v1.CreateUserRequest": {
    "email": {
      "name": "email",
      "kind": "scalar",
      "required": true,
      "pattern": "^[^@\\s]+@[^@\\s]+$",
      "advice": "an e-mail address",
      "maxLen": 254
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 100
    }
  },
  "thecloud.identity.v1.OneTimePassword": {
    "user": {
      "name": "user",
      "kind": "message",
      "message": "thecloud.identity.v1.User"
    }
  },
  "thecloud.identity.v1.ListUsersRequest": {
    "pageSize": {
      "name": "page_size",
      "kind": "scalar",
      "max": 500
    },
    "pageToken": {
      "name": "page_token",
      "kind": "scalar",
      "maxLen": 1024
    },
    "email": {
      "name": "email",
      "kind": "scalar",
      "maxLen": 254
    },
    "name": {
      "name": "name",
      "kind": "scalar",
      "maxLen": 100
    },
    "state": {
      "name": "state",
      "kind": "scalar",
      "in": [
        "",
        "active",
        "disabled"
      ]
    },
    "namePrefix": {
      "name": "name_prefix",
      "kind": "scalar",
      "maxLen": 100
    }
  },
  "thecloud.identity.v1.ListUsersResponse": {
    "users": {
      "name": "users",
      "kind": "list",
      "message": "thecloud.identity.v1.User"
    }
  },
  "thecloud.identity.v1.GetUserRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.DisableUserRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "handOverTo": {
      "name": "hand_over_to",
      "kind": "scalar",
      "maxLen": 254
    }
  },
  "thecloud.identity.v1.EnableUserRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.GrantAdministratorRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.RevokeAdministratorRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  },
  "thecloud.identity.v1.DeleteUserRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    },
    "handOverTo": {
      "name": "hand_over_to",
      "kind": "scalar",
      "maxLen": 254
    }
  },
  "thecloud.identity.v1.ResetUserPasswordRequest": {
    "id": {
      "name": "id",
      "kind": "scalar",
      "required": true,
      "maxLen": 64
    }
  }
};
