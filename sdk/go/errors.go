package thecloud

import (
	"context"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
)

// An Error: the cloud said no, did not answer, or what was waited for did not come.
//
//	var failure *thecloud.Error
//	if errors.As(err, &failure) && failure.Code == codes.NotFound { … }
//
// One that the context brought about is also context.Canceled or context.DeadlineExceeded to errors.Is.
type Error struct {
	Code codes.Code
	// Reason is the cloud's stable name of the cause: "INSTANCE_NOT_FOUND". docs/errors.md has them all.
	Reason string
	// Message is for people.
	Message string
	// Violations are the fields at fault.
	Violations []Violation
	// RequestID finds the call in the cloud's logs.
	RequestID string
	Metadata  map[string]string
	// RetryAfter says when it may work again; nil if the cloud did not.
	RetryAfter *time.Duration
	// Subject is the resource or operation that failed, as it was last seen, if something was waited for.
	Subject proto.Message
	cause   error
}

// A Violation is a field of the request that is not as it must be.
type Violation struct{ Field, Description string }

func (e *Error) Error() string { return first(e.Reason, e.Code.String()) + ": " + e.Message }

// Unwrap gives what brought it about.
func (e *Error) Unwrap() error { return e.cause }

// GRPCStatus makes it work with gRPC's own package status.
func (e *Error) GRPCStatus() *status.Status { return status.New(e.Code, e.Message) }

// Is makes errors.Is(err, context.DeadlineExceeded) say what one expects.
func (e *Error) Is(target error) bool {
	return target == context.Canceled && e.Code == codes.Canceled ||
		target == context.DeadlineExceeded && e.Code == codes.DeadlineExceeded
}

// asError reads code, message and google.rpc details.
func asError(err error, requestID string) *Error {
	found := status.Convert(err)
	e := &Error{Code: found.Code(), Reason: found.Code().String(), Message: found.Message(), RequestID: requestID, cause: err}
	for _, detail := range found.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			e.Reason, e.Metadata = detail.GetReason(), detail.GetMetadata()
		case *errdetails.BadRequest:
			for _, each := range detail.GetFieldViolations() {
				e.Violations = append(e.Violations, Violation{each.GetField(), each.GetDescription()})
			}
		case *errdetails.RetryInfo:
			after := detail.GetRetryDelay().AsDuration()
			e.RetryAfter = &after
		}
	}
	return e
}
