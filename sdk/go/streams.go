package thecloud

import (
	"context"
	"errors"
	"io"
	"iter"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
)

// resume says how a stream goes on after its connection was lost.
type resume int

const (
	resumeNever resume = iota
	// resumeAgain: by asking again; each message is the whole resource.
	resumeAgain
	// resumeAfter: by asking for what came after the last message read.
	resumeAfter
)

// A stream that was open is taken up again for as long as this after it was lost.
const resumeFor = 5 * time.Minute

// How much of an upload one message has.
const chunkBytes = 256 << 10

// follow reads a stream of answers; leaving the loop ends it on both sides. An error ends it.
func follow[Request proto.Message, Answer any](
	ctx context.Context,
	policy RetryPolicy,
	how resume,
	request Request,
	open func(context.Context, Request, ...grpc.CallOption) (grpc.ServerStreamingClient[Answer], error),
	options []grpc.CallOption,
) iter.Seq2[*Answer, error] {
	return func(yield func(*Answer, error) bool) {
		asked := proto.CloneOf(request)
		lost := loss{policy: policy, how: how}
		for {
			left, err := read(ctx, asked, open, options, func(answer *Answer) bool {
				lost.over()
				if event, ok := any(answer).(interface{ GetId() string }); ok && how == resumeAfter {
					set(asked, "after", event.GetId())
				}
				return yield(answer, nil)
			})
			if left || err == nil {
				return
			}
			if !lost.pause(ctx, err) {
				yield(nil, err)
				return
			}
		}
	}
}

// read reads one stream to its end; left: the reader went.
func read[Request proto.Message, Answer any](
	ctx context.Context,
	request Request,
	open func(context.Context, Request, ...grpc.CallOption) (grpc.ServerStreamingClient[Answer], error),
	options []grpc.CallOption,
	yield func(*Answer) bool,
) (left bool, err error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := open(ctx, request, options...)
	if err != nil {
		return false, err
	}
	for {
		answer, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if !yield(answer) {
			return true, nil
		}
	}
}

// loss counts how often and since when a stream could not be read.
type loss struct {
	policy   RetryPolicy
	how      resume
	everRead bool
	failures int
	since    time.Time
}

func (l *loss) over() { l.everRead, l.failures, l.since = true, 0, time.Time{} }

// pause waits until the stream is to be opened again; false: it is not.
func (l *loss) pause(ctx context.Context, err error) bool {
	var failure *Error
	if !errors.As(err, &failure) {
		return false
	}
	failures := l.failures
	l.failures++
	if !l.everRead {
		pause, again := l.policy.delay(failure, failures, repeatRead)
		return again && sleep(ctx, pause)
	}
	if l.how == resumeNever || !passes(failure, repeatRead) {
		return false
	}
	if l.since.IsZero() {
		l.since = time.Now()
	}
	pause := l.policy.backoff(failures)
	if failure.RetryAfter != nil {
		pause = max(pause, *failure.RetryAfter)
	}
	return time.Since(l.since) <= resumeFor && sleep(ctx, pause)
}

// upload sends the request, then the reader's bytes in pieces. It is not tried again: what was read is gone.
func upload[Request, Answer any](
	ctx context.Context,
	data io.Reader,
	request *Request,
	piece func([]byte) *Request,
	open func(context.Context, ...grpc.CallOption) (grpc.ClientStreamingClient[Request, Answer], error),
	options []grpc.CallOption,
) (*Answer, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := open(ctx, options...)
	if err != nil {
		return nil, err
	}
	if err := stream.Send(request); err != nil {
		return stream.CloseAndRecv() // io.EOF: the answer says why
	}
	for {
		buffer := make([]byte, chunkBytes)
		n, readErr := io.ReadFull(data, buffer)
		if n > 0 {
			if err := stream.Send(piece(buffer[:n])); err != nil {
				return stream.CloseAndRecv()
			}
		}
		switch {
		case readErr == io.EOF || readErr == io.ErrUnexpectedEOF:
			return stream.CloseAndRecv()
		case readErr != nil:
			return nil, readErr
		}
	}
}
