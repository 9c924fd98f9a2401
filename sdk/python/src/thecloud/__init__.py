"""Client of The Cloud: instances, images and all the rest, over gRPC.

    from thecloud import Cloud

    with Cloud() as cloud:
        instance = cloud.instances.create(name="web", spec={"type": "nano-1", "image": "starter"})
        cloud.instances.wait_until(instance.metadata.id, "running")

``help(cloud.instances)`` says what can be done with instances.
"""

from ._cloud import Cloud
from ._errors import CloudError, Violation
from ._pages import Pages
from ._retry import RetryPolicy
from ._stream import Stream

__version__ = "0.1.0"
__all__ = ["Cloud", "CloudError", "Pages", "RetryPolicy", "Stream", "Violation"]
