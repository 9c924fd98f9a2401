package thecloud

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"

	computev1 "thecloud.example/sdk/go/gen/thecloud/compute/v1"
)

// live is a client of the cloud that THECLOUD_GRPC_ADDRESS and THECLOUD_API_KEY name; it has an image "starter", and
// hosts that run nothing, with the programs that noop knows.
func live(t *testing.T) *Cloud {
	t.Helper()
	if os.Getenv("THECLOUD_GRPC_ADDRESS") == "" || os.Getenv("THECLOUD_API_KEY") == "" {
		t.Skip("THECLOUD_GRPC_ADDRESS and THECLOUD_API_KEY name no cloud")
	}
	cloud, err := New(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cloud.Close() })
	return cloud
}

func create(t *testing.T, cloud *Cloud) *computev1.Instance {
	t.Helper()
	made, err := cloud.Instances.Create(t.Context(), &computev1.CreateInstanceRequest{
		Name:   "go-" + strings.ToLower(rand.Text()),
		Labels: map[string]string{"made-by": "go"},
		Spec:   &computev1.InstanceSpec{Type: "nano-1", Image: "starter"},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute) // the test's own has ended
		defer cancel()
		id := made.GetMetadata().GetId()
		if _, err := cloud.Instances.Delete(ctx, &computev1.DeleteInstanceRequest{Id: id}); err != nil {
			t.Error(err)
		}
		if _, err := cloud.Instances.WaitUntil(ctx, id, "deleted"); err != nil {
			t.Error(err)
		}
	})
	return made
}

func TestLiveInstance(t *testing.T) {
	cloud := live(t)
	id := create(t, cloud).GetMetadata().GetId()
	state := ""
	for seen, err := range cloud.Instances.Watch(t.Context(), &computev1.WatchInstanceRequest{Id: id}) {
		if err != nil {
			t.Fatal(err)
		}
		if state = seen.GetStatus().GetState(); state == "running" || state == "failed" {
			break
		}
	}
	equal(t, state, "running")
	seen, err := cloud.Instances.WaitUntil(t.Context(), id, "running")
	if err != nil {
		t.Fatal(err)
	}
	operation, err := cloud.Operations.Wait(t.Context(), seen.GetMetadata().GetOperationId())
	if err != nil {
		t.Fatal(err)
	}
	equal(t, operation.GetKind(), "instance.create")
}

func TestLiveLogsAndPrograms(t *testing.T) {
	cloud := live(t)
	id := create(t, cloud).GetMetadata().GetId()
	if _, err := cloud.Instances.WaitUntil(t.Context(), id, "running"); err != nil {
		t.Fatal(err)
	}
	var logs []byte
	for chunk, err := range cloud.Instances.Logs(t.Context(), &computev1.ReadInstanceLogsRequest{Id: id}) {
		if err != nil {
			t.Fatal(err)
		}
		logs = append(logs, chunk.GetData()...)
	}
	if !strings.Contains(string(logs), "started") {
		t.Fatalf("logs: %q", logs)
	}
	done, err := cloud.Instances.RunCommand(t.Context(), &computev1.RunInstanceCommandRequest{
		Id: id, Command: []string{"echo", "hello"},
	})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, string(done.GetStdout()), "hello\n")
}

func TestLivePages(t *testing.T) {
	cloud := live(t)
	wanted := map[string]bool{}
	for range 3 {
		wanted[create(t, cloud).GetMetadata().GetId()] = true
	}
	request := &computev1.ListInstancesRequest{PageSize: 2, Label: []string{"made-by=go"}}
	for each, err := range cloud.Instances.List(t.Context(), request) {
		if err != nil {
			t.Fatal(err)
		}
		delete(wanted, each.GetMetadata().GetId())
	}
	equal(t, len(wanted), 0)
}

func TestLiveErrors(t *testing.T) {
	cloud := live(t)
	_, err := cloud.Instances.Get(t.Context(), &computev1.GetInstanceRequest{Id: "ins_01h455vb4pex5vsknk084sn02q"})
	equal(t, failureOf(t, err).Code, codes.NotFound)
	_, err = cloud.Instances.Create(t.Context(), &computev1.CreateInstanceRequest{
		Name: "Not A Name", Spec: &computev1.InstanceSpec{Type: "nano-1", Image: "starter"},
	})
	failure := failureOf(t, err)
	equal(t, failure.Reason, "INVALID_FIELDS")
	equal(t, failure.Violations[0].Field, "name")
	if failure.RequestID == "" {
		t.Error("it has no request id")
	}
}
