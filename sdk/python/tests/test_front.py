"""What the client does on a bad day: retries, resumed streams, errors, waiting."""

from __future__ import annotations

import unittest
from typing import Any, Callable, List

import grpc
from google.rpc import error_details_pb2

from thecloud import Cloud, CloudError, RetryPolicy, Violation
from thecloud import types as T

from .scripted import Refusal, Scripted, again_after

SOON = RetryPolicy(base_delay=0.001, max_delay=0.01, max_retry_after=1.0)
AWAY = Refusal(grpc.StatusCode.UNAVAILABLE, "UNAVAILABLE", "away")


def instance(state: str, version: int = 1, **status: Any) -> T.Instance:
    return T.Instance(
        metadata={"id": "ins_1", "name": "web", "version": version},
        status={"state": state, **status},
    )


class FrontTest(unittest.TestCase):
    def cloud(self, answer: Callable[[str, Any, dict], Any]) -> Cloud:
        """A client of a server that answers so; its calls are in self.server.calls."""
        self.server = Scripted(answer)
        self.addCleanup(self.server.close)
        cloud = Cloud(self.server.address, api_key="key", project="prj_1", retry=SOON)
        self.addCleanup(cloud.close)
        return cloud

    def keys(self) -> set:
        return {call.get("idempotency-key") for call in self.server.calls}

    def test_says_who_is_calling(self) -> None:
        cloud = self.cloud(lambda *_: [instance("running")])
        self.assertEqual(cloud.instances.get("ins_1").metadata.name, "web")
        (call,) = self.server.calls
        self.assertEqual(call["x-api-key"], "key")
        self.assertEqual(call["x-project-id"], "prj_1")
        self.assertNotIn("idempotency-key", call)

    def test_repeats_a_mutation_under_one_key(self) -> None:
        script = iter([AWAY, Refusal(grpc.StatusCode.ABORTED, "REQUEST_IN_PROGRESS", "", again_after(0.01)), None])

        def answer(*_: Any) -> Any:
            refusal = next(script)
            if refusal:
                raise refusal
            yield instance("provisioning")

        cloud = self.cloud(answer)
        cloud.instances.create(name="web", spec={"type": "nano-1", "image": "starter"})
        self.assertEqual(len(self.server.calls), 3)
        self.assertEqual(len(self.keys()), 1)
        self.assertNotIn(None, self.keys())

    def test_uses_the_callers_key(self) -> None:
        cloud = self.cloud(lambda *_: [instance("deleting")])
        cloud.instances.delete("ins_1", idempotency_key="mine")
        self.assertEqual(self.keys(), {"mine"})

    def test_gives_up_in_the_end(self) -> None:
        def answer(*_: Any) -> Any:
            raise AWAY
            yield

        cloud = self.cloud(answer)
        with self.assertRaises(CloudError) as raised:
            cloud.instances.get("ins_1")
        self.assertEqual(raised.exception.code, "UNAVAILABLE")
        self.assertEqual(len(self.server.calls), 1 + SOON.max_retries)

    def test_waits_as_long_as_it_is_told_but_not_longer_than_the_policy(self) -> None:
        def answer(*_: Any) -> Any:
            raise Refusal(grpc.StatusCode.RESOURCE_EXHAUSTED, "RATE_LIMITED", "slow down", again_after(60))
            yield

        cloud = self.cloud(answer)
        with self.assertRaises(CloudError) as raised:
            cloud.instances.get("ins_1")
        self.assertEqual(raised.exception.retry_after, 60)
        self.assertEqual(len(self.server.calls), 1)

    def test_does_not_run_a_program_twice(self) -> None:
        def answer(*_: Any) -> Any:
            raise AWAY
            yield

        cloud = self.cloud(answer)
        with self.assertRaises(CloudError):
            cloud.instances.run_command("ins_1", command=["/bin/true"])
        self.assertEqual(len(self.server.calls), 1)

    def test_reads_everything_an_error_says(self) -> None:
        violation = error_details_pb2.BadRequest.FieldViolation(field="name", description="too long")
        details = error_details_pb2.BadRequest(field_violations=[violation])

        def answer(*_: Any) -> Any:
            raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, "INVALID_FIELDS", "not valid", details)
            yield

        cloud = self.cloud(answer)
        with self.assertRaises(CloudError) as raised:
            cloud.instances.create(name="x", spec={})
        error = raised.exception
        self.assertEqual((error.code, error.reason), ("INVALID_ARGUMENT", "INVALID_FIELDS"))
        self.assertEqual(error.violations, (Violation("name", "too long"),))
        self.assertEqual(error.metadata, {"id": "1"})
        self.assertEqual(error.request_id, self.server.calls[0]["x-request-id"])

    def test_lists_page_by_page(self) -> None:
        def answer(_: str, requests: Any, __: dict) -> Any:
            token = T.ListInstancesRequest.FromString(next(requests)).page_token
            number = int(token or "0")
            item = T.Instance(metadata={"name": f"web-{number}"})
            yield T.ListInstancesResponse(instances=[item], next_page_token=str(number + 1) if number < 2 else "")

        cloud = self.cloud(answer)
        pages = cloud.instances.list(page_size=1)
        self.assertEqual(self.server.calls, [], "nothing is fetched before it is asked for")
        self.assertEqual([each.metadata.name for each in pages], ["web-0", "web-1", "web-2"])
        self.assertEqual(len(list(pages.pages())), 3)

    def test_takes_up_a_lost_watch(self) -> None:
        attempts = iter([["provisioning", "starting"], ["starting", "running"]])

        def answer(*_: Any) -> Any:
            *states, last = next(attempts)
            for state in states:
                yield instance(state)
            yield instance(last)
            if last != "running":
                raise AWAY

        cloud = self.cloud(answer)
        seen = [each.status.state for each in cloud.instances.watch("ins_1")]
        self.assertEqual(seen, ["provisioning", "starting", "starting", "running"])

    def test_does_not_take_up_lost_logs(self) -> None:
        def answer(*_: Any) -> Any:
            yield T.LogChunk(data=b"one\n")
            raise AWAY

        cloud = self.cloud(answer)
        with cloud.instances.logs("ins_1", follow=True) as logs:
            self.assertEqual(next(logs).data, b"one\n")
            with self.assertRaises(CloudError):
                next(logs)
            self.assertEqual(list(logs), [])

    def test_uploads_in_pieces(self) -> None:
        sizes: List[int] = []

        def answer(_: str, requests: Any, __: dict) -> Any:
            first, *rest = [T.UploadImageRequest.FromString(each) for each in requests]
            sizes.extend(len(each.chunk) for each in rest)
            yield T.Image(metadata={"name": first.name})

        cloud = self.cloud(answer)
        self.assertEqual(cloud.images.upload(b"x" * 600_000, name="mine").metadata.name, "mine")
        self.assertEqual(sum(sizes), 600_000)
        self.assertLessEqual(max(sizes), 1 << 20)

    def test_a_program_with_its_input_and_output(self) -> None:
        def answer(_: str, requests: Any, __: dict) -> Any:
            messages = (T.ExecInstanceRequest.FromString(each) for each in requests)
            start = next(messages)
            yield T.ExecInstanceResponse(stderr=f"{start.id} {list(start.start.command)}".encode())
            for message in messages:
                if message.stdin_closed:
                    yield T.ExecInstanceResponse(exit_code=3)
                    return
                yield T.ExecInstanceResponse(stdout=message.stdin.upper())

        cloud = self.cloud(answer)
        with cloud.instances.exec("ins_1", command=["cat"]) as program:
            program.write(b"hello ")
            program.write(b"world")
            program.close_input()
            written = list(program)
        self.assertEqual(written[0], ("stderr", b"ins_1 ['cat']"))
        self.assertEqual(b"".join(data for kind, data in written if kind == "stdout"), b"HELLO WORLD")
        self.assertEqual(program.exit_code, 3)
        with self.assertRaises(BrokenPipeError):
            program.write(b"more")

    def test_waits_for_a_state(self) -> None:
        states = iter(["provisioning", "starting", "running"])
        cloud = self.cloud(lambda *_: [instance(next(states))])
        found = cloud.instances.wait_until("ins_1", "running")
        self.assertEqual(found and found.status.state, "running")

    def test_waiting_for_what_fails_raises_why(self) -> None:
        cloud = self.cloud(lambda *_: [instance("failed", reason="EXITED", message="It ended with code 3.")])
        with self.assertRaises(CloudError) as raised:
            cloud.instances.wait_until("ins_1", "running")
        self.assertEqual(raised.exception.reason, "EXITED")
        self.assertEqual(raised.exception.subject.status.state, "failed")

    def test_waiting_ends_in_time(self) -> None:
        cloud = self.cloud(lambda *_: [instance("provisioning")])
        with self.assertRaises(CloudError) as raised:
            cloud.instances.wait_until("ins_1", "running", timeout=0.05)
        self.assertEqual(raised.exception.reason, "WAIT_TIMED_OUT")

    def test_gone_is_deleted(self) -> None:
        def answer(*_: Any) -> Any:
            raise Refusal(grpc.StatusCode.NOT_FOUND, "INSTANCE_NOT_FOUND", "no such instance")
            yield

        cloud = self.cloud(answer)
        self.assertIsNone(cloud.instances.wait_until("ins_1", "deleted"))

    def test_a_failed_operation_raises_its_reason(self) -> None:
        error = {"reason": "NO_CAPACITY", "message": "No host has room.", "advice": "Add a host."}
        script = iter([T.Operation(id="op_1", state="running"), T.Operation(id="op_1", state="failed", error=error)])
        cloud = self.cloud(lambda *_: [next(script)])
        with self.assertRaises(CloudError) as raised:
            cloud.operations.wait("op_1")
        self.assertEqual(raised.exception.reason, "NO_CAPACITY")
        self.assertIn("Add a host.", str(raised.exception))

    def test_an_update_changes_what_is_given(self) -> None:
        seen = []

        def answer(_: str, requests: Any, __: dict) -> Any:
            seen.append(T.UpdateInstanceRequest.FromString(next(requests)))
            yield instance("running")

        cloud = self.cloud(answer)
        cloud.instances.update("ins_1", labels={}, spec={"env": {"A": "b"}}, version=4)
        self.assertEqual(list(seen[0].update_mask), ["labels", "spec.env"])


if __name__ == "__main__":
    unittest.main()
