package thecloud

import (
	"bytes"
	"context"
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"

	commonv1 "thecloud.example/sdk/go/gen/thecloud/common/v1"
	computev1 "thecloud.example/sdk/go/gen/thecloud/compute/v1"
)

func get(t *testing.T, cloud *Cloud) (*computev1.Instance, *Error) {
	t.Helper()
	seen, err := cloud.Instances.Get(t.Context(), &computev1.GetInstanceRequest{Id: "ins_1"})
	return seen, failureOf(t, err)
}

func failureOf(t *testing.T, err error) *Error {
	t.Helper()
	var failure *Error
	if err != nil && !errors.As(err, &failure) {
		t.Fatalf("%v is not an *Error", err)
	}
	return failure
}

func equal[T any](t *testing.T, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
}

func TestSaysWhoIsCalling(t *testing.T) {
	server := &scripted{instance: func() (*computev1.Instance, error) { return instance("running"), nil }}
	seen, _ := get(t, server.start(t))
	equal(t, seen.GetMetadata().GetName(), "web")
	equal(t, server.header("x-api-key"), []string{"key"})
	equal(t, server.header("x-project-id"), []string{"prj_1"})
	equal(t, server.header("idempotency-key"), []string{""})
}

func TestRepeatsAMutationUnderOneKey(t *testing.T) {
	script := []error{away, refusal(codes.Aborted, "REQUEST_IN_PROGRESS", "", againAfter(10*time.Millisecond)), nil}
	server := &scripted{instance: func() (*computev1.Instance, error) {
		err := script[0]
		script = script[1:]
		return instance("provisioning"), err
	}}
	cloud := server.start(t)
	if _, err := cloud.Instances.Create(t.Context(), &computev1.CreateInstanceRequest{Name: "web"}); err != nil {
		t.Fatal(err)
	}
	keys := server.header("idempotency-key")
	equal(t, len(keys), 3)
	if keys[0] == "" || keys[0] != keys[1] || keys[1] != keys[2] {
		t.Fatalf("keys: %v", keys)
	}
	script = []error{nil}
	mine := WithIdempotencyKey(t.Context(), "mine")
	if _, err := cloud.Instances.Create(mine, &computev1.CreateInstanceRequest{Name: "web"}); err != nil {
		t.Fatal(err)
	}
	equal(t, server.header("idempotency-key")[3], "mine")
}

func TestGivesUpInTheEnd(t *testing.T) {
	server := &scripted{instance: func() (*computev1.Instance, error) { return nil, away }}
	_, failure := get(t, server.start(t))
	equal(t, failure.Code, codes.Unavailable)
	equal(t, len(server.calls), 1+soon.MaxRetries)
}

func TestWaitsNoLongerThanThePolicy(t *testing.T) {
	server := &scripted{instance: func() (*computev1.Instance, error) {
		return nil, refusal(codes.ResourceExhausted, "RATE_LIMITED", "slow down", againAfter(time.Minute))
	}}
	_, failure := get(t, server.start(t))
	equal(t, *failure.RetryAfter, time.Minute)
	equal(t, len(server.calls), 1)
}

func TestDoesNotRunAProgramTwice(t *testing.T) {
	server := &scripted{}
	cloud := server.start(t)
	_, err := cloud.Instances.RunCommand(t.Context(), &computev1.RunInstanceCommandRequest{Id: "ins_1"})
	equal(t, failureOf(t, err).Code, codes.Unavailable)
	equal(t, len(server.calls), 1)
}

func TestReadsEverythingAnErrorSays(t *testing.T) {
	server := &scripted{instance: func() (*computev1.Instance, error) {
		return nil, refusal(codes.InvalidArgument, "INVALID_FIELDS", "not valid", protoadapt.MessageV1Of(
			&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{
				{Field: "name", Description: "too long"},
			}},
		))
	}}
	_, failure := get(t, server.start(t))
	equal(t, failure.Error(), "INVALID_FIELDS: not valid")
	equal(t, failure.Violations, []Violation{{"name", "too long"}})
	equal(t, failure.Metadata, map[string]string{"id": "1"})
	equal(t, []string{failure.RequestID}, server.header("x-request-id"))
	equal(t, status.Code(failure), codes.InvalidArgument)
}

func TestListsPageByPage(t *testing.T) {
	server := &scripted{list: func(request *computev1.ListInstancesRequest) *computev1.ListInstancesResponse {
		number, _ := strconv.Atoi(request.GetPageToken())
		answer := &computev1.ListInstancesResponse{Instances: []*computev1.Instance{instance(strconv.Itoa(number))}}
		if number < 2 {
			answer.NextPageToken = strconv.Itoa(number + 1)
		}
		return answer
	}}
	cloud := server.start(t)
	all := cloud.Instances.List(t.Context(), &computev1.ListInstancesRequest{PageSize: 1})
	equal(t, len(server.calls), 0)
	for range 2 { // it can be iterated again
		var seen []string
		for each, err := range all {
			if err != nil {
				t.Fatal(err)
			}
			seen = append(seen, each.GetStatus().GetState())
		}
		equal(t, seen, []string{"0", "1", "2"})
	}
}

func TestTakesUpALostWatch(t *testing.T) {
	attempts := [][]string{{"provisioning", "starting"}, {"starting", "running"}}
	server := &scripted{watch: func(send func(*computev1.Instance)) error {
		states := attempts[0]
		attempts = attempts[1:]
		for _, state := range states {
			send(instance(state))
		}
		if len(attempts) > 0 {
			return away
		}
		return nil
	}}
	cloud := server.start(t)
	var seen []string
	for each, err := range cloud.Instances.Watch(t.Context(), &computev1.WatchInstanceRequest{Id: "ins_1"}) {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, each.GetStatus().GetState())
	}
	equal(t, seen, []string{"provisioning", "starting", "starting", "running"})
}

func TestDoesNotTakeUpLostLogs(t *testing.T) {
	server := &scripted{logs: func(send func(*computev1.LogChunk)) error {
		send(&computev1.LogChunk{Data: []byte("one\n")})
		return away
	}}
	cloud := server.start(t)
	var text string
	var failure *Error
	for chunk, err := range cloud.Instances.Logs(t.Context(), &computev1.ReadInstanceLogsRequest{Id: "ins_1"}) {
		text += string(chunk.GetData())
		failure = failureOf(t, err)
	}
	equal(t, text, "one\n")
	equal(t, failure.Code, codes.Unavailable)
	equal(t, len(server.calls), 1)
}

func TestUploadsInPieces(t *testing.T) {
	server := &scripted{}
	cloud := server.start(t)
	data := bytes.NewReader(make([]byte, 600_000))
	if _, err := cloud.Images.Upload(t.Context(), data, &computev1.UploadImageRequest{Name: "mine"}); err != nil {
		t.Fatal(err)
	}
	equal(t, server.pieces, []int{0, chunkBytes, chunkBytes, 600_000 - 2*chunkBytes})
}

func TestWaitsForAState(t *testing.T) {
	states := []string{"provisioning", "starting", "running"}
	server := &scripted{instance: func() (*computev1.Instance, error) {
		state := states[0]
		states = states[1:]
		return instance(state), nil
	}}
	seen, err := server.start(t).Instances.WaitUntil(t.Context(), "ins_1", "running")
	if err != nil {
		t.Fatal(err)
	}
	equal(t, seen.GetStatus().GetState(), "running")
}

func TestWaitingForWhatFailsSaysWhy(t *testing.T) {
	server := &scripted{instance: func() (*computev1.Instance, error) {
		failed := instance("failed")
		failed.Status.Reason, failed.Status.Message = "EXITED", "It ended with code 3."
		return failed, nil
	}}
	_, err := server.start(t).Instances.WaitUntil(t.Context(), "ins_1", "running")
	failure := failureOf(t, err)
	equal(t, failure.Reason, "EXITED")
	equal(t, failure.Subject.(*computev1.Instance).GetStatus().GetState(), "failed")
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	server := &scripted{instance: func() (*computev1.Instance, error) { return instance("provisioning"), nil }}
	cloud := server.start(t)
	ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
	defer cancel()
	_, err := cloud.Instances.WaitUntil(ctx, "ins_1", "running")
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
}

func TestGoneIsDeleted(t *testing.T) {
	server := &scripted{instance: func() (*computev1.Instance, error) {
		return nil, refusal(codes.NotFound, "INSTANCE_NOT_FOUND", "no such instance")
	}}
	seen, err := server.start(t).Instances.WaitUntil(t.Context(), "ins_1", "deleted")
	if seen != nil || err != nil {
		t.Fatal(seen, err)
	}
}

func TestAFailedOperationSaysWhy(t *testing.T) {
	why := &commonv1.OperationError{Reason: "NO_CAPACITY", Message: "No host has room.", Advice: "Add a host."}
	script := []*commonv1.Operation{{State: "running"}, {State: "failed", Kind: "instance.create", Error: why}}
	server := &scripted{operation: func() *commonv1.Operation {
		operation := script[0]
		script = script[1:]
		return operation
	}}
	_, err := server.start(t).Operations.Wait(t.Context(), "op_1")
	failure := failureOf(t, err)
	equal(t, failure.Reason, "NO_CAPACITY")
	if !strings.Contains(failure.Message, "Add a host.") {
		t.Fatal(failure)
	}
}
