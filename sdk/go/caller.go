package thecloud

import (
	"context"
	"crypto/rand"
	"errors"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
)

// Of a call with its retries, where the context has no deadline; and how much longer than the cloud a long poll takes.
const (
	defaultTimeout = 30 * time.Second
	pollSlack      = 15 * time.Second
)

// caller says with every call who is calling, and tries again.
type caller struct {
	metadata []string
	retry    RetryPolicy
}

type idempotencyKey struct{}

// WithIdempotencyKey makes a mutation the same one as an earlier call of yours, for example after a crash of your
// program. Without it each call has a key of its own, which its retries share.
func WithIdempotencyKey(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, idempotencyKey{}, key)
}

// outgoing adds the metadata, with a new request id.
func (c *caller) outgoing(ctx context.Context, method string) (context.Context, string) {
	requestID := rand.Text()
	pairs := append([]string{"x-request-id", requestID}, c.metadata...)
	if repeats[method] != repeatRead {
		key, ok := ctx.Value(idempotencyKey{}).(string)
		if !ok {
			key = rand.Text()
		}
		pairs = append(pairs, "idempotency-key", key)
	}
	return metadata.AppendToOutgoingContext(ctx, pairs...), requestID
}

func (c *caller) unary(
	ctx context.Context, method string, request, answer any, conn *grpc.ClientConn, invoke grpc.UnaryInvoker, options ...grpc.CallOption,
) error {
	ctx, requestID := c.outgoing(ctx, method)
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, timeoutOf(request))
		defer cancel()
	}
	for retries := 0; ; retries++ {
		err := invoke(ctx, method, request, answer, conn, options...)
		if err == nil {
			return nil
		}
		failure := asError(err, requestID)
		pause, again := c.retry.delay(failure, retries, repeats[method])
		if !again || !sleep(ctx, pause) {
			return failure
		}
	}
}

func timeoutOf(request any) time.Duration {
	poll, ok := request.(interface{ GetTimeoutSeconds() uint32 })
	if !ok {
		return defaultTimeout
	}
	seconds := time.Duration(poll.GetTimeoutSeconds()) * time.Second
	if seconds == 0 {
		seconds = defaultTimeout
	}
	return seconds + pollSlack
}

func (c *caller) stream(
	ctx context.Context, desc *grpc.StreamDesc, conn *grpc.ClientConn, method string, open grpc.Streamer, options ...grpc.CallOption,
) (grpc.ClientStream, error) {
	ctx, requestID := c.outgoing(ctx, method)
	stream, err := open(ctx, desc, conn, method, options...)
	if err != nil {
		return nil, asError(err, requestID)
	}
	return &clientStream{stream, requestID}, nil
}

// clientStream fails with *Error.
type clientStream struct {
	grpc.ClientStream
	requestID string
}

func (s *clientStream) SendMsg(message any) error { return s.failure(s.ClientStream.SendMsg(message)) }
func (s *clientStream) RecvMsg(message any) error { return s.failure(s.ClientStream.RecvMsg(message)) }
func (s *clientStream) CloseSend() error          { return s.failure(s.ClientStream.CloseSend()) }

func (s *clientStream) Header() (metadata.MD, error) {
	header, err := s.ClientStream.Header()
	return header, s.failure(err)
}

func (s *clientStream) failure(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	return asError(err, s.requestID)
}
