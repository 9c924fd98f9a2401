package thecloud

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	commonv1 "thecloud.example/sdk/go/gen/thecloud/common/v1"
)

// Between looks: the first, and the longest. And how long the cloud may hold back its answer about an operation.
const (
	firstLook   = 100 * time.Millisecond
	lastLook    = time.Second
	pollSeconds = 20
)

type resourceStatus interface {
	GetState() string
	GetReason() string
	GetMessage() string
}

type resource interface {
	proto.Message
	GetMetadata() *commonv1.ResourceMetadata
}

func waitUntil[R resource](
	ctx context.Context, id, state string, get func(context.Context) (R, error), statusOf func(R) resourceStatus,
) (R, error) {
	var none R
	pause := firstLook
	for {
		seen, err := get(ctx)
		var failure *Error
		if errors.As(err, &failure) && failure.Code == codes.NotFound && state == "deleted" {
			return none, nil
		}
		if err != nil {
			return none, err
		}
		status := statusOf(seen)
		switch now := status.GetState(); now {
		case state:
			return seen, nil
		case "failed", "deleted":
			why := strings.Join(notEmpty(status.GetReason(), status.GetMessage()), ": ")
			message := fmt.Sprintf("%s is %s: %s", seen.GetMetadata().GetName(), now, first(why, "no reason was given"))
			reason := first(status.GetReason(), strings.ToUpper(now))
			return none, &Error{Code: codes.FailedPrecondition, Reason: reason, Message: message, Subject: seen}
		default:
			if !sleep(ctx, pause) {
				name := first(seen.GetMetadata().GetName(), id)
				return none, timedOut(ctx, fmt.Sprintf("%s is %s, not %s", name, now, state), seen)
			}
		}
		pause = min(pause*3/2, lastLook)
	}
}

func waitForOperation(
	ctx context.Context,
	poll func(context.Context, *commonv1.WaitOperationRequest, ...grpc.CallOption) (*commonv1.Operation, error),
	id string,
) (*commonv1.Operation, error) {
	var operation *commonv1.Operation
	for {
		seconds := uint32(pollSeconds)
		if deadline, ok := ctx.Deadline(); ok {
			left := time.Until(deadline) / time.Second
			if left < 1 && operation != nil {
				return nil, timedOut(ctx, operation.GetKind()+" is not done", operation)
			}
			seconds = uint32(max(1, min(pollSeconds, left)))
		}
		var err error
		operation, err = poll(ctx, &commonv1.WaitOperationRequest{Id: id, TimeoutSeconds: seconds})
		if err != nil {
			return nil, err
		}
		failure := &Error{Code: codes.FailedPrecondition, Subject: operation}
		switch operation.GetState() {
		case "succeeded":
			return operation, nil
		case "superseded":
			failure.Reason, failure.Message = "SUPERSEDED", operation.GetKind()+" gave way to a later operation"
			return nil, failure
		case "failed":
			why := operation.GetError()
			texts := notEmpty(first(why.GetMessage(), "no reason was given"), why.GetAdvice())
			failure.Reason = why.GetReason()
			failure.Message = operation.GetKind() + " failed: " + strings.Join(texts, " ")
			return nil, failure
		}
	}
}

func timedOut(ctx context.Context, message string, subject proto.Message) *Error {
	code, reason := codes.DeadlineExceeded, "WAIT_TIMED_OUT"
	if errors.Is(ctx.Err(), context.Canceled) {
		code, reason = codes.Canceled, "CANCELLED"
	}
	return &Error{Code: code, Reason: reason, Message: message, Subject: subject, cause: ctx.Err()}
}

func notEmpty(texts ...string) []string {
	var some []string
	for _, text := range texts {
		if text != "" {
			some = append(some, text)
		}
	}
	return some
}
