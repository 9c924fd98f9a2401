package thecloud

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	commonv1 "thecloud.example/sdk/go/gen/thecloud/common/v1"
	computev1 "thecloud.example/sdk/go/gen/thecloud/compute/v1"
)

// scripted answers from a script, over a real socket: what a cloud does only on a bad day.
type scripted struct {
	computev1.UnimplementedInstanceServiceServer
	computev1.UnimplementedImageServiceServer
	commonv1.UnimplementedOperationServiceServer
	instance  func() (*computev1.Instance, error)
	list      func(*computev1.ListInstancesRequest) *computev1.ListInstancesResponse
	watch     func(send func(*computev1.Instance)) error
	logs      func(send func(*computev1.LogChunk)) error
	operation func() *commonv1.Operation
	pieces    []int

	mu    sync.Mutex
	calls []metadata.MD
}

func (s *scripted) note(ctx context.Context) {
	md, _ := metadata.FromIncomingContext(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, md)
}

func (s *scripted) header(name string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var values []string
	for _, call := range s.calls {
		values = append(values, first(append(call.Get(name), "")...))
	}
	return values
}

func (s *scripted) CreateInstance(context.Context, *computev1.CreateInstanceRequest) (*computev1.Instance, error) {
	return s.instance()
}

func (s *scripted) GetInstance(context.Context, *computev1.GetInstanceRequest) (*computev1.Instance, error) {
	return s.instance()
}

func (s *scripted) RunInstanceCommand(
	context.Context, *computev1.RunInstanceCommandRequest,
) (*computev1.RunInstanceCommandResponse, error) {
	return nil, away
}

func (s *scripted) ListInstances(
	_ context.Context, request *computev1.ListInstancesRequest,
) (*computev1.ListInstancesResponse, error) {
	return s.list(request), nil
}

func (s *scripted) WatchInstance(
	_ *computev1.WatchInstanceRequest, stream grpc.ServerStreamingServer[computev1.Instance],
) error {
	return s.watch(func(seen *computev1.Instance) { _ = stream.Send(seen) })
}

func (s *scripted) ReadInstanceLogs(
	_ *computev1.ReadInstanceLogsRequest, stream grpc.ServerStreamingServer[computev1.LogChunk],
) error {
	return s.logs(func(chunk *computev1.LogChunk) { _ = stream.Send(chunk) })
}

func (s *scripted) UploadImage(
	stream grpc.ClientStreamingServer[computev1.UploadImageRequest, computev1.Image],
) error {
	for {
		request, err := stream.Recv()
		if err != nil {
			return stream.SendAndClose(&computev1.Image{})
		}
		s.pieces = append(s.pieces, len(request.GetChunk()))
	}
}

func (s *scripted) WaitOperation(context.Context, *commonv1.WaitOperationRequest) (*commonv1.Operation, error) {
	return s.operation(), nil
}

// soon is the default policy with short pauses.
var soon = RetryPolicy{MaxRetries: 3, BaseDelay: time.Millisecond, MaxDelay: 10 * time.Millisecond, MaxRetryAfter: time.Second}

// start serves the script and makes a client of it.
func (s *scripted) start(t *testing.T) *Cloud {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(
		grpc.UnaryInterceptor(func(ctx context.Context, request any, _ *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
			s.note(ctx)
			return handle(ctx, request)
		}),
		grpc.StreamInterceptor(func(srv any, stream grpc.ServerStream, _ *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
			s.note(stream.Context())
			return handle(srv, stream)
		}),
	)
	computev1.RegisterInstanceServiceServer(server, s)
	computev1.RegisterImageServiceServer(server, s)
	commonv1.RegisterOperationServiceServer(server, s)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	cloud, err := New(t.Context(), WithAddress(listener.Addr().String()), WithAPIKey("key"), WithProject("prj_1"), WithRetry(soon))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cloud.Close() })
	return cloud
}

// refusal is an answer with google.rpc details, as the cloud's services make it.
func refusal(code codes.Code, reason, message string, details ...protoadapt.MessageV1) error {
	all := append([]protoadapt.MessageV1{protoadapt.MessageV1Of(
		&errdetails.ErrorInfo{Reason: reason, Domain: "test", Metadata: map[string]string{"id": "1"}},
	)}, details...)
	with, err := status.New(code, message).WithDetails(all...)
	if err != nil {
		panic(err)
	}
	return with.Err()
}

func againAfter(pause time.Duration) protoadapt.MessageV1 {
	return protoadapt.MessageV1Of(&errdetails.RetryInfo{RetryDelay: durationpb.New(pause)})
}

var away = refusal(codes.Unavailable, "UNAVAILABLE", "away")

func instance(state string) *computev1.Instance {
	return &computev1.Instance{
		Metadata: &commonv1.ResourceMetadata{Id: "ins_1", Name: "web"},
		Status:   &computev1.InstanceStatus{State: state},
	}
}
