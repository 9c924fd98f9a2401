// Launches an instance, waits until it runs, shows where it answers and what it wrote, and deletes it.
//
//	go run ./example [IMAGE]
//
// The cloud and the key are those of `cloud login`, or THECLOUD_GRPC_ADDRESS and THECLOUD_API_KEY.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	thecloud "thecloud.example/sdk/go"
	computev1 "thecloud.example/sdk/go/gen/thecloud/compute/v1"
)

func main() {
	image := "starter"
	if len(os.Args) > 1 {
		image = os.Args[1]
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	if err := run(ctx, image); err != nil {
		fmt.Fprintln(os.Stderr, err)
		var failure *thecloud.Error
		if errors.As(err, &failure) && failure.RequestID != "" {
			fmt.Fprintln(os.Stderr, "request", failure.RequestID)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, image string) (err error) {
	cloud, err := thecloud.New(ctx)
	if err != nil {
		return err
	}
	defer cloud.Close()

	name := "hello-" + strings.ToLower(rand.Text()[:8])
	instance, err := cloud.Instances.Create(ctx, &computev1.CreateInstanceRequest{
		Name:   name,
		Labels: map[string]string{"from": "go"},
		Spec: &computev1.InstanceSpec{
			Type: "nano-1", Image: image, Ports: []*computev1.PublishedPort{{ContainerPort: 8080}},
		},
	})
	if err != nil {
		return err
	}
	id := instance.GetMetadata().GetId()
	defer func() { err = errors.Join(err, remove(ctx, cloud, id, name)) }()

	if instance, err = cloud.Instances.WaitUntil(ctx, id, "running"); err != nil {
		return err
	}
	fmt.Println(name, "is", instance.GetStatus().GetState())
	for _, port := range instance.GetStatus().GetPorts() {
		fmt.Printf("%s answers at %s:%d\n", name, port.GetAddress(), port.GetHostPort())
	}
	tail := uint32(10)
	for chunk, err := range cloud.Instances.Logs(ctx, &computev1.ReadInstanceLogsRequest{Id: id, Tail: &tail}) {
		if err != nil {
			return err
		}
		fmt.Printf("%s wrote: %s", name, chunk.GetData())
	}
	return nil
}

func remove(ctx context.Context, cloud *thecloud.Cloud, id, name string) error {
	if _, err := cloud.Instances.Delete(ctx, &computev1.DeleteInstanceRequest{Id: id}); err != nil {
		return err
	}
	if _, err := cloud.Instances.WaitUntil(ctx, id, "deleted"); err != nil {
		return err
	}
	fmt.Println(name, "is deleted")
	return nil
}
