// Package thecloud is a client of The Cloud: instances, images and all the rest, over gRPC.
//
//	cloud, err := thecloud.New(ctx, thecloud.WithAPIKey(key))
//	…
//	defer cloud.Close()
//	instance, err := cloud.Instances.Create(ctx, &computev1.CreateInstanceRequest{…})
//	instance, err = cloud.Instances.WaitUntil(ctx, instance.GetMetadata().GetId(), "running")
//
// Every error is an *Error. Calls that pass away are tried again, mutations under one idempotency key.
package thecloud

import (
	"context"
	"crypto/tls"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
)

// Cloud is The Cloud as one caller sees it. It may be used by many goroutines.
type Cloud struct {
	Resources
	conn    *grpc.ClientConn
	address string
}

// An Option of New.
type Option func(*options)

type options struct {
	address, apiKey, sessionToken, project, context string
	tls                                             *tls.Config
	insecure                                        bool
	retry                                           RetryPolicy
	dial                                            []grpc.DialOption
	env                                             func(string) string
}

// WithAddress says where the cloud's gRPC is: "host:port", or a URL (http://… without TLS, https://… with it).
func WithAddress(address string) Option { return func(o *options) { o.address = address } }

// WithAPIKey is for programs; a key belongs to one project.
func WithAPIKey(key string) Option { return func(o *options) { o.apiKey = key } }

// WithSessionToken is for people: what Sessions.Create answered.
func WithSessionToken(token string) Option { return func(o *options) { o.sessionToken = token } }

// WithProject chooses the project to work in, by its id; an API key knows its own.
func WithProject(id string) Option { return func(o *options) { o.project = id } }

// WithContext chooses a context of the file that `cloud login` writes, instead of the current one.
func WithContext(name string) Option { return func(o *options) { o.context = name } }

// WithTLS uses TLS, with this configuration. Without it TLS is used as the address says, or else unless the cloud is
// on this machine.
func WithTLS(config *tls.Config) Option { return func(o *options) { o.tls = config } }

// WithoutTLS uses no TLS, wherever the cloud is: whoever is in between can read the credential.
func WithoutTLS() Option { return func(o *options) { o.insecure = true } }

// WithRetry says what is tried again, and when.
func WithRetry(policy RetryPolicy) Option { return func(o *options) { o.retry = policy } }

// WithDialOptions are for gRPC itself.
func WithDialOptions(dial ...grpc.DialOption) Option {
	return func(o *options) { o.dial = append(o.dial, dial...) }
}

// maxAnswerBytes is what an answer may have at most.
const maxAnswerBytes = 64 << 20

// New makes a client; it connects with the first call. What no option says comes from the environment
// (THECLOUD_GRPC_ADDRESS, THECLOUD_API_KEY, THECLOUD_PROJECT), then from the file that `cloud login` writes
// (THECLOUD_CONFIG, else ~/.config/thecloud/config.yaml). The context ends nothing but New.
func New(ctx context.Context, opts ...Option) (*Cloud, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	o := options{retry: DefaultRetryPolicy, env: env}
	for _, option := range opts {
		option(&o)
	}
	found, err := o.settings()
	if err != nil {
		return nil, err
	}
	caller := &caller{metadata: found.metadata(), retry: o.retry}
	dial := append([]grpc.DialOption{
		grpc.WithTransportCredentials(o.credentials(found.secure)),
		grpc.WithChainUnaryInterceptor(caller.unary),
		grpc.WithChainStreamInterceptor(caller.stream),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxAnswerBytes)),
		grpc.WithUserAgent("thecloud-go"),
	}, o.dial...)
	conn, err := grpc.NewClient(found.address, dial...)
	if err != nil {
		return nil, err
	}
	return &Cloud{newResources(newStubs(conn, o.retry)), conn, found.address}, nil
}

// Conn is for generated stubs: computev1.NewInstanceServiceClient(cloud.Conn()).
func (c *Cloud) Conn() grpc.ClientConnInterface { return c.conn }

// Address is where it talks to: "host:port".
func (c *Cloud) Address() string { return c.address }

// Close ends every call and the connection.
func (c *Cloud) Close() error { return c.conn.Close() }

func (o *options) credentials(secure bool) credentials.TransportCredentials {
	switch {
	case o.insecure:
		return insecure.NewCredentials()
	case o.tls != nil:
		return credentials.NewTLS(o.tls)
	case secure:
		return credentials.NewTLS(&tls.Config{MinVersion: tls.VersionTLS12})
	default:
		return insecure.NewCredentials()
	}
}
