"""Launches an instance, waits until it runs, shows where it answers and what it wrote, and deletes it.

    python example.py [IMAGE]

The cloud and the key are those of ``cloud login``, or THECLOUD_GRPC_ADDRESS and THECLOUD_API_KEY.
"""

import sys
import uuid

from thecloud import Cloud, CloudError


def main(image: str) -> None:
    with Cloud() as cloud:
        name = f"hello-{uuid.uuid4().hex[:8]}"
        instance = cloud.instances.create(
            name=name,
            labels={"from": "python"},
            spec={"type": "nano-1", "image": image, "ports": [{"container_port": 8080}]},
        )
        id = instance.metadata.id
        try:
            instance = cloud.instances.wait_until(
                id, "running", on_update=lambda seen: print(f"{name} is {seen.status.state}")
            )
            print(f"{name} is {instance.status.state}")
            for port in instance.status.ports:
                print(f"{name} answers at {port.address}:{port.host_port}")
            for chunk in cloud.instances.logs(id, tail=10):
                print(f"{name} wrote: {chunk.data.decode(errors='replace')}", end="")
        finally:
            cloud.instances.delete(id)
            cloud.instances.wait_until(id, "deleted")
            print(f"{name} is deleted")


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "starter")
    except CloudError as error:
        sys.exit(f"{error} (request {error.request_id or 'none'})")
