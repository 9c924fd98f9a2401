package thecloud

import (
	"context"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// pages lists page by page, and fetches none before it is needed. An error ends it.
func pages[Request proto.Message, Answer, Item any](
	ctx context.Context,
	request Request,
	list func(context.Context, Request, ...grpc.CallOption) (Answer, error),
	items func(Answer) []Item,
	options []grpc.CallOption,
) iter.Seq2[Item, error] {
	return func(yield func(Item, error) bool) {
		page := proto.CloneOf(request)
		for {
			answer, err := list(ctx, page, options...)
			if err != nil {
				yield(*new(Item), err)
				return
			}
			for _, item := range items(answer) {
				if !yield(item, nil) {
					return
				}
			}
			next, ok := any(answer).(interface{ GetNextPageToken() string })
			if !ok || next.GetNextPageToken() == "" {
				return
			}
			set(page, "page_token", next.GetNextPageToken())
		}
	}
}

func set(message proto.Message, field protoreflect.Name, value string) {
	reflected := message.ProtoReflect()
	reflected.Set(reflected.Descriptor().Fields().ByName(field), protoreflect.ValueOfString(value))
}
