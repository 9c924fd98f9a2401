"""Against a running cloud: THECLOUD_GRPC_ADDRESS and THECLOUD_API_KEY say which; it has an image "starter", and
hosts that run nothing, with the programs that noop knows."""

from __future__ import annotations

import os
import unittest
import uuid

from thecloud import Cloud, CloudError

HERE = bool(os.environ.get("THECLOUD_GRPC_ADDRESS") and os.environ.get("THECLOUD_API_KEY"))


@unittest.skipUnless(HERE, "THECLOUD_GRPC_ADDRESS and THECLOUD_API_KEY name no cloud")
class CloudTest(unittest.TestCase):
    def setUp(self) -> None:
        self.cloud = Cloud()
        self.addCleanup(self.cloud.close)

    def create(self, **spec: object) -> str:
        name = f"py-{uuid.uuid4().hex[:8]}"
        spec = {"type": "nano-1", "image": "starter", **spec}
        made = self.cloud.instances.create(name=name, spec=spec, labels={"made-by": "python"})
        self.addCleanup(self.remove, made.metadata.id)
        return made.metadata.id

    def remove(self, id: str) -> None:
        self.cloud.instances.delete(id)
        self.assertIsNone(self.cloud.instances.wait_until(id, "deleted", timeout=120))

    def test_an_instance_from_its_birth(self) -> None:
        id = self.create(env={"COLOUR": "red"})
        seen = []
        with self.cloud.instances.watch(id) as changes:
            for instance in changes:
                seen.append(instance.status.state)
                if instance.status.state in ("running", "failed"):
                    break
        self.assertEqual(seen[-1], "running")
        found = self.cloud.instances.wait_until(id, "running", timeout=120)
        assert found
        operation = self.cloud.operations.wait(found.metadata.operation_id)
        self.assertEqual((operation.kind, operation.state), ("instance.create", "succeeded"))

        changed = self.cloud.instances.update(id, labels={"colour": "blue"})
        self.assertEqual(dict(changed.metadata.labels), {"colour": "blue"})
        self.assertEqual(changed.spec.env["COLOUR"], "red")

    def test_what_it_writes_and_programs_in_it(self) -> None:
        id = self.create()
        self.cloud.instances.wait_until(id, "running", timeout=120)
        self.assertIn(b"started", b"".join(each.data for each in self.cloud.instances.logs(id)))
        done = self.cloud.instances.run_command(id, command=["echo", "hello"])
        self.assertEqual((done.exit_code, done.stdout), (0, b"hello\n"))
        with self.cloud.instances.exec(id, command=["cat"]) as program:
            program.write(b"to and fro")
            program.close_input()
            self.assertEqual(b"".join(data for _, data in program), b"to and fro")
        self.assertEqual(program.exit_code, 0)

    def test_one_key_makes_one_instance(self) -> None:
        name, key = f"py-{uuid.uuid4().hex[:8]}", str(uuid.uuid4())
        spec = {"type": "nano-1", "image": "starter"}
        ids = {
            self.cloud.instances.create(name=name, spec=spec, idempotency_key=key).metadata.id
            for _ in range(2)
        }
        for id in ids:
            self.addCleanup(self.remove, id)
        self.assertEqual(len(ids), 1)

    def test_pages(self) -> None:
        ids = {self.create() for _ in range(3)}
        pages = self.cloud.instances.list(page_size=2, label=["made-by=python"])
        self.assertGreaterEqual({each.metadata.id for each in pages}, ids)
        self.assertGreater(len(list(pages.pages())), 1)
        self.assertIn("nano-1", [each.name for each in self.cloud.instance_types.list()])

    def test_errors(self) -> None:
        with self.assertRaises(CloudError) as missing:
            self.cloud.instances.get("ins_01h455vb4pex5vsknk084sn02q")
        self.assertEqual(missing.exception.code, "NOT_FOUND")
        with self.assertRaises(CloudError) as wrong:
            self.cloud.instances.create(name="Not A Name", spec={"type": "nano-1", "image": "starter"})
        self.assertEqual(wrong.exception.reason, "INVALID_FIELDS")
        self.assertEqual([each.field for each in wrong.exception.violations], ["name"])
        with Cloud(api_key="cloud_nobody") as nobody, self.assertRaises(CloudError) as refused:
            list(nobody.instances.list())
        self.assertEqual(refused.exception.code, "UNAUTHENTICATED")


if __name__ == "__main__":
    unittest.main()
